-- What outlives an erased subject, and the tasks over several bases that are not done yet. Both are sealed under base A's
-- key ring; no time stands beside a tombstone, because times could join the bases.

-- The daemon may not take a tombstone away.
CREATE TABLE tombstone (
    token bytea PRIMARY KEY CHECK (octet_length(token) = 32),
    note bytea NOT NULL
);

-- `locked_until` is the time until which a daemon works on a task, and others leave it alone.
CREATE TABLE outbox (
    entry_id uuid PRIMARY KEY,
    note bytea NOT NULL,
    queued_at timestamptz NOT NULL,
    locked_until timestamptz NOT NULL
);

-- Subjects whose data are read for few purposes, until the block ends.
CREATE TABLE blocked_subject (
    token bytea PRIMARY KEY CHECK (octet_length(token) = 32)
);

REVOKE ALL ON tombstone, outbox, blocked_subject FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON tombstone TO creditd;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO creditd;
GRANT SELECT, INSERT, DELETE ON blocked_subject TO creditd;
-- An erased person leaves no version behind.
GRANT DELETE ON deleted_person TO creditd;

-- What outlives an erased subject, and the tasks over several bases that are not done yet. Both are sealed under base A's
-- key ring; no time stands beside a tombstone, because times could join the bases.
CREATE TABLE tombstone (
    token BLOB NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    note BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    entry_id BLOB NOT NULL PRIMARY KEY CHECK (length(entry_id) = 16),
    note BLOB NOT NULL,
    queued_at INTEGER NOT NULL,
    -- Until then a daemon works on it, and others leave it alone.
    locked_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Subjects whose data are read for few purposes, until the block ends.
CREATE TABLE blocked_subject (
    token BLOB NOT NULL PRIMARY KEY CHECK (length(token) = 32)
) STRICT, WITHOUT ROWID;

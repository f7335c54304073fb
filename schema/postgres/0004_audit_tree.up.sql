-- The audit log as a Merkle tree (RFC 6962): records are leaves, and no leaf can be altered, removed, inserted or moved
-- without a signed head that stops fitting.
--
-- The former table `audit` stays as it is, with its rows, outside of the tree: nothing proves them. Nothing is added to
-- it any more.

-- The records. `line` is a record in its canonical form, which is the leaf; `mac` is made with base A's key ring, so
-- that a row that no daemon wrote is known before it is in the tree. Lines are short of TOAST's limit and hold random
-- bytes, which compress to nothing.
CREATE TABLE audit_record (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY CHECK (position > 0),
    record_id uuid NOT NULL UNIQUE,
    at timestamptz NOT NULL,
    line bytea NOT NULL,
    mac bytea NOT NULL CHECK (octet_length(mac) = 32)
);

ALTER TABLE audit_record ALTER COLUMN line SET STORAGE EXTERNAL;

-- Searches are by time and read the lines of that time. Rows are appended nearly in order of time, which is what a
-- block range index needs; it costs an insertion nothing.
CREATE INDEX audit_record_at ON audit_record USING brin (at) WITH (pages_per_range = 32, autosummarize = on);

-- The records that are not in the tree yet. Which leaf a record becomes is decided when it is taken from here, so that
-- no transaction that commits late is passed over.
CREATE TABLE audit_queue (
    position bigint PRIMARY KEY
);

-- The leaves of the tree, in its order.
CREATE TABLE audit_leaf (
    leaf bigint PRIMARY KEY CHECK (leaf >= 0),
    position bigint NOT NULL UNIQUE,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);

-- The hashes of the tree in full tiles of 256 (C2SP tlog-tiles): level 0 has the leaves, each level above it the roots
-- of the tiles below. They outlive the records, so that proofs go on.
CREATE TABLE audit_tile (
    level smallint NOT NULL CHECK (level BETWEEN 0 AND 3),
    number bigint NOT NULL CHECK (number >= 0),
    hashes bytea NOT NULL CHECK (octet_length(hashes) = 8192),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    PRIMARY KEY (level, number)
);

-- The heads, each a signed note (C2SP tlog-checkpoint).
CREATE TABLE audit_head (
    size bigint PRIMARY KEY CHECK (size > 0),
    note bytea NOT NULL
);

-- What was dropped by retention: whole tiles of level 0, under a MAC of base A's key ring.
CREATE TABLE audit_segment (
    first_tile bigint PRIMARY KEY CHECK (first_tile >= 0),
    past_tile bigint NOT NULL CHECK (past_tile > first_tile),
    mac bytea NOT NULL CHECK (octet_length(mac) = 32)
);

-- Rights do not bind the owner and superusers; these make a slip of theirs fail as well. `creditd audit drop` is no
-- slip, and says so in its transaction.
CREATE FUNCTION audit_tree_refuses_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('creditd.drops_segments', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the audit log is insert-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_record_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_record
    FOR EACH STATEMENT EXECUTE FUNCTION audit_tree_refuses_change();
CREATE TRIGGER audit_leaf_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION audit_tree_refuses_change();
CREATE TRIGGER audit_tile_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_tile
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses_change();
CREATE TRIGGER audit_head_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses_change();
CREATE TRIGGER audit_segment_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_segment
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses_change();

REVOKE ALL ON audit_record, audit_queue, audit_leaf, audit_tile, audit_head, audit_segment FROM PUBLIC;
GRANT SELECT, INSERT ON audit_record, audit_leaf, audit_tile, audit_head TO creditd;
GRANT SELECT ON audit_segment TO creditd;
GRANT SELECT, INSERT, DELETE ON audit_queue TO creditd;

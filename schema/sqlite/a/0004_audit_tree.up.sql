-- The audit log as a Merkle tree (RFC 6962): records are leaves, and no leaf can be altered, removed, inserted or moved
-- without a signed head that stops fitting.
--
-- The former table `audit` stays as it is, with its rows, outside of the tree: nothing proves them. Nothing is added to
-- it any more.

-- The records. `line` is a record in its canonical form, which is the leaf; `mac` is made with base A's key ring, so
-- that a row that no daemon wrote is known before it is in the tree. No position is given twice.
CREATE TABLE audit_record (
    position INTEGER PRIMARY KEY AUTOINCREMENT CHECK (position > 0),
    record_id BLOB NOT NULL UNIQUE CHECK (length(record_id) = 16),
    at INTEGER NOT NULL,
    line BLOB NOT NULL,
    mac BLOB NOT NULL CHECK (length(mac) = 32)
) STRICT;

-- Searches are by time and read the lines of that time.
CREATE INDEX audit_record_at ON audit_record (at);

-- The leaves of the tree, in its order, which is that of the positions.
CREATE TABLE audit_leaf (
    leaf INTEGER PRIMARY KEY CHECK (leaf >= 0),
    position INTEGER NOT NULL UNIQUE,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- The hashes of the tree in full tiles of 256 (C2SP tlog-tiles): level 0 has the leaves, each level above it the roots
-- of the tiles below. They outlive the records, so that proofs go on.
CREATE TABLE audit_tile (
    level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 3),
    number INTEGER NOT NULL CHECK (number >= 0),
    hashes BLOB NOT NULL CHECK (length(hashes) = 8192),
    root BLOB NOT NULL CHECK (length(root) = 32),
    PRIMARY KEY (level, number)
) STRICT;

-- The heads, each a signed note (C2SP tlog-checkpoint).
CREATE TABLE audit_head (
    size INTEGER PRIMARY KEY CHECK (size > 0),
    note BLOB NOT NULL
) STRICT;

-- What was dropped by retention: whole tiles of level 0, under a MAC of base A's key ring.
CREATE TABLE audit_segment (
    first_tile INTEGER PRIMARY KEY CHECK (first_tile >= 0),
    past_tile INTEGER NOT NULL CHECK (past_tile > first_tile),
    mac BLOB NOT NULL CHECK (length(mac) = 32)
) STRICT;

-- Has a row while `creditd audit drop` deletes what is behind a closed segment.
CREATE TABLE audit_dropping (only INTEGER PRIMARY KEY CHECK (only = 1)) STRICT;

CREATE TRIGGER audit_record_refuses_update BEFORE UPDATE ON audit_record
BEGIN
    SELECT RAISE(ABORT, 'the audit log is insert-only');
END;

CREATE TRIGGER audit_record_refuses_delete BEFORE DELETE ON audit_record
WHEN NOT EXISTS (SELECT 1 FROM audit_dropping)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is insert-only');
END;

CREATE TRIGGER audit_leaf_refuses_update BEFORE UPDATE ON audit_leaf
BEGIN
    SELECT RAISE(ABORT, 'the audit log is insert-only');
END;

CREATE TRIGGER audit_leaf_refuses_delete BEFORE DELETE ON audit_leaf
WHEN NOT EXISTS (SELECT 1 FROM audit_dropping)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is insert-only');
END;

CREATE TRIGGER audit_tile_refuses_update BEFORE UPDATE ON audit_tile
BEGIN
    SELECT RAISE(ABORT, 'the audit log is insert-only');
END;

CREATE TRIGGER audit_tile_refuses_delete BEFORE DELETE ON audit_tile
BEGIN
    SELECT RAISE(ABORT, 'the audit log is insert-only');
END;

CREATE TRIGGER audit_head_refuses_update BEFORE UPDATE ON audit_head
BEGIN
    SELECT RAISE(ABORT, 'the audit log is insert-only');
END;

CREATE TRIGGER audit_head_refuses_delete BEFORE DELETE ON audit_head
BEGIN
    SELECT RAISE(ABORT, 'the audit log is insert-only');
END;

-- Base A: persons, their debts and the audit log. Every personal value is sealed before it gets here.
-- Times are microseconds since 1970-01-01T00:00:00Z; identifiers are the 16 bytes of a UUID.

-- A rowid table with an index on the token: a row has some 500 bytes, and as a b-tree key it would leave
-- eight rows a page and a deep tree. The integer key is also what debts refer to.
CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    token BLOB NOT NULL UNIQUE CHECK (length(token) = 32),
    data_key BLOB NOT NULL,
    identity BLOB NOT NULL,
    address BLOB,
    version INTEGER NOT NULL CHECK (version > 0),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Clustered by person, so that a person's debts lie on one page and those of new persons are appended.
CREATE TABLE debt (
    person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    debt_id BLOB NOT NULL CHECK (length(debt_id) = 16),
    position INTEGER NOT NULL,
    details BLOB NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (person, debt_id)
) STRICT, WITHOUT ROWID;

-- It outlives the persons that it tells of, hence no reference to them. Identifiers grow with time, so that rows are
-- appended.
CREATE TABLE audit (
    audit_id BLOB NOT NULL PRIMARY KEY CHECK (length(audit_id) = 16),
    at INTEGER NOT NULL,
    token BLOB NOT NULL CHECK (length(token) = 32),
    action TEXT NOT NULL,
    purpose TEXT,
    requester TEXT
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is insert-only');
END;

CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is insert-only');
END;

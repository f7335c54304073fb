-- What keeps base A's facts apart: the last versions of deleted persons, the payments of debts, the receipts of writes.

-- What is left of a deleted person: the version under the token, and nothing else. A person who is created again goes
-- on from it, so that a version which was read in an earlier life never holds.
CREATE TABLE deleted_person (
    token BLOB NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    version INTEGER NOT NULL CHECK (version > 0)
) STRICT, WITHOUT ROWID;

-- The instalments of a debt. `payment_key` is a keyed hash of the creditor's number of the payment, which is itself
-- sealed in `details`. Positions count the payments of a debt from 0 on: none is ever removed alone, so that the last
-- one tells how many there are.
CREATE TABLE payment (
    person INTEGER NOT NULL,
    debt_id BLOB NOT NULL CHECK (length(debt_id) = 16),
    position INTEGER NOT NULL CHECK (position >= 0),
    payment_key BLOB NOT NULL CHECK (length(payment_key) = 16),
    details BLOB NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (person, debt_id, position),
    UNIQUE (person, debt_id, payment_key),
    FOREIGN KEY (person, debt_id) REFERENCES debt (person, debt_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The writes that their clients may ask for again, under keyed hashes of the clients' keys. Receipts outlive their
-- persons, hence no reference to them; later writes delete old ones.
CREATE TABLE receipt (
    token BLOB NOT NULL CHECK (length(token) = 32),
    key BLOB NOT NULL CHECK (length(key) = 16),
    digest BLOB NOT NULL CHECK (length(digest) = 16),
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (token, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX receipt_at ON receipt (at);

-- The layout of the sealed values of a row, which tells without a key what an older program can read.
ALTER TABLE person ADD COLUMN layout INTEGER NOT NULL DEFAULT 1;
ALTER TABLE debt ADD COLUMN layout INTEGER NOT NULL DEFAULT 1;

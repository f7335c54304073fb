-- What keeps base A's facts apart: the last versions of deleted persons, the payments of debts, the receipts of writes.

-- What is left of a deleted person: the version under the token, and nothing else. A person who is created again goes
-- on from it, so that a version which was read in an earlier life never holds.
CREATE TABLE deleted_person (
    token bytea PRIMARY KEY CHECK (octet_length(token) = 32),
    version bigint NOT NULL CHECK (version > 0)
);

-- The instalments of a debt. `payment_key` is a keyed hash of the creditor's number of the payment, which is itself
-- sealed in `details`. Positions count the payments of a debt from 0 on: none is ever removed alone, so that the last
-- one tells how many there are.
CREATE TABLE payment (
    token bytea NOT NULL,
    debt_id uuid NOT NULL,
    position bigint NOT NULL CHECK (position >= 0),
    payment_key uuid NOT NULL,
    details bytea NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (token, debt_id, position),
    UNIQUE (token, debt_id, payment_key),
    FOREIGN KEY (token, debt_id) REFERENCES debt (token, debt_id) ON DELETE CASCADE
);

-- The writes that their clients may ask for again, under keyed hashes of the clients' keys. Receipts outlive their
-- persons, hence no reference to them; the daemon deletes old ones with later writes.
CREATE TABLE receipt (
    token bytea NOT NULL CHECK (octet_length(token) = 32),
    key uuid NOT NULL,
    digest uuid NOT NULL,
    version bigint NOT NULL,
    at timestamptz NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (token, key)
);

CREATE INDEX receipt_at ON receipt (at);

-- The layout of the sealed values of a row, which tells without a key what an older program can read.
ALTER TABLE person ADD COLUMN layout smallint NOT NULL DEFAULT 1 CHECK (layout > 0);
ALTER TABLE debt ADD COLUMN layout smallint NOT NULL DEFAULT 1 CHECK (layout > 0);

REVOKE ALL ON deleted_person, payment, receipt FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON deleted_person TO creditd;
GRANT SELECT, INSERT, UPDATE, DELETE ON payment, receipt TO creditd;

-- What outlives a profile. Nothing here tells who the subject is or what was known of them.

-- The last version of each deleted profile, so that a version never stands for two profiles.
CREATE TABLE deleted_profile (
    token BLOB PRIMARY KEY CHECK (length(token) = 32),
    version INTEGER NOT NULL CHECK (version > 0)
) STRICT, WITHOUT ROWID;

-- Writes that a client may ask for again. Keys and digests are keyed hashes; the body is what else the answer needs.
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

-- The layout inside the sealed address: the former program reads 1 alone.
ALTER TABLE profile ADD COLUMN address_layout INTEGER NOT NULL DEFAULT 1;

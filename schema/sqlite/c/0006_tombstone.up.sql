-- What outlives an erased subject. The note is sealed under base A's key ring; no time stands beside it, because times
-- could join the bases.
CREATE TABLE tombstone (
    token BLOB NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    note BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The fingerprint of the key ring that the data is made with. One row: a file takes one ring.
CREATE TABLE creditd_key_ring (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32)
) STRICT;

-- What a check writes for a moment, to see whether the disk has room.
CREATE TABLE creditd_probe (filler BLOB NOT NULL) STRICT;

-- The wrapping keys that the file has seen: a ring that lacks one of them is an old copy, and is refused. No key can be
-- told from its fingerprint.
CREATE TABLE creditd_wrapping_key (
    number INTEGER PRIMARY KEY CHECK (number BETWEEN 0 AND 4294967295),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    -- The encryptions that processes have reserved under the key.
    encryptions INTEGER NOT NULL DEFAULT 0 CHECK (encryptions >= 0),
    is_retired INTEGER NOT NULL DEFAULT 0 CHECK (is_retired IN (0, 1))
) STRICT;

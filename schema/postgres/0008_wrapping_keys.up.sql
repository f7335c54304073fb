-- The wrapping keys that base A has seen: a ring that lacks one of them is an old copy, and is refused. No key can be
-- told from its fingerprint.
CREATE TABLE wrapping_key (
    number bigint PRIMARY KEY CHECK (number BETWEEN 0 AND 4294967295),
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    -- The encryptions that processes have reserved under the key.
    encryptions bigint NOT NULL DEFAULT 0 CHECK (encryptions >= 0),
    is_retired boolean NOT NULL DEFAULT false
);

REVOKE ALL ON wrapping_key FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON wrapping_key TO creditd;

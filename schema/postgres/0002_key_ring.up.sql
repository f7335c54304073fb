-- The key ring that base A is sealed with, as a fingerprint: whoever starts with another ring is refused, because
-- nobody would be found and everybody could be created again.
--
-- The daemon writes it once and may not change it. After a planned change of rings the owner deletes the row.
CREATE TABLE key_ring (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    bound_at timestamptz NOT NULL DEFAULT now()
);

REVOKE ALL ON key_ring FROM PUBLIC;
GRANT SELECT, INSERT ON key_ring TO creditd;

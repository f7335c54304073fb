-- How far data keys have been replaced by new ones: the highest generation of one, and since when those of lower
-- generations are being replaced, until none is left. Keys of new subjects begin at 1.
CREATE TABLE data_key_generation (
    id smallint PRIMARY KEY CHECK (id = 1),
    generation bigint NOT NULL CHECK (generation BETWEEN 1 AND 4294967295),
    begun_at timestamptz
);

INSERT INTO data_key_generation VALUES (1, 1);

REVOKE ALL ON data_key_generation FROM PUBLIC;
GRANT SELECT, UPDATE ON data_key_generation TO creditd;

-- How many encryptions the person's data key has made at most, without those that were never stored; of a person from
-- before, four for each write of the person come on top. The default is more than the creation of a person takes.
ALTER TABLE person ADD COLUMN encryptions bigint NOT NULL DEFAULT 1024;

-- The details of a request open by its person's data key, which may be replaced while they are written. Programs from
-- before this step do not look whether it was: what they write of details is refused.
ALTER TABLE request ADD COLUMN is_key_checked boolean DEFAULT true;
ALTER TABLE request ALTER COLUMN is_key_checked DROP DEFAULT;
ALTER TABLE request ADD CHECK (details IS NULL OR is_key_checked IS NOT NULL);

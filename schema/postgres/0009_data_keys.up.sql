-- How far data keys have been replaced by new ones: the highest generation of one, and whether all of lower generations
-- that were there at the beginning have been replaced. Keys of new subjects begin at 1.
CREATE TABLE data_key_generation (
    id smallint PRIMARY KEY CHECK (id = 1),
    generation bigint NOT NULL CHECK (generation BETWEEN 1 AND 4294967295),
    is_complete boolean NOT NULL
);

INSERT INTO data_key_generation VALUES (1, 1, true);

REVOKE ALL ON data_key_generation FROM PUBLIC;
GRANT SELECT, UPDATE ON data_key_generation TO creditd;

-- How many encryptions the person's data key has made at most, without those that were never stored; of a person from
-- before, four for each write of the person come on top. The default is more than the creation of a person takes.
ALTER TABLE person ADD COLUMN encryptions bigint NOT NULL DEFAULT 1024;

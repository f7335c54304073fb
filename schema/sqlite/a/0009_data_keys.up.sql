-- How far data keys have been replaced by new ones: the highest generation of one, and since when those of lower
-- generations are being replaced, until none is left. Keys of new subjects begin at 1.
CREATE TABLE creditd_data_key_generation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    generation INTEGER NOT NULL CHECK (generation BETWEEN 1 AND 4294967295),
    begun_at INTEGER
) STRICT;

INSERT INTO creditd_data_key_generation VALUES (1, 1, NULL);

-- How many encryptions the person's data key has made at most, without those that were never stored; of a person from
-- before, four for each write of the person come on top. The default is more than the creation of a person takes.
ALTER TABLE person ADD COLUMN encryptions INTEGER NOT NULL DEFAULT 1024;

-- The details of a request open by its person's data key, which may be replaced while they are written. Programs from
-- before this step do not look whether it was: what they write of details is refused.
ALTER TABLE request ADD COLUMN is_key_checked INTEGER;
CREATE TRIGGER request_key BEFORE INSERT ON request WHEN NEW.details IS NOT NULL AND NEW.is_key_checked IS NULL
BEGIN
    SELECT RAISE(ABORT, 'an earlier program does not write beside this schema');
END;

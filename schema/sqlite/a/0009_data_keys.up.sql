-- How far data keys have been replaced by new ones: the highest generation of one, and whether all of lower generations
-- that were there at the beginning have been replaced. Keys of new subjects begin at 1.
CREATE TABLE creditd_data_key_generation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    generation INTEGER NOT NULL CHECK (generation BETWEEN 1 AND 4294967295),
    is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1))
) STRICT;

INSERT INTO creditd_data_key_generation VALUES (1, 1, 1);

-- How many encryptions the person's data key has made at most, without those that were never stored; of a person from
-- before, four for each write of the person come on top. The default is more than the creation of a person takes.
ALTER TABLE person ADD COLUMN encryptions INTEGER NOT NULL DEFAULT 1024;

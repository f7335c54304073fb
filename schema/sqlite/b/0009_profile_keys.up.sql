-- How far data keys have been replaced by new ones: the highest generation of one, and since when those of lower
-- generations are being replaced, until none is left. Keys of new subjects begin at 1.
CREATE TABLE creditd_data_key_generation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    generation INTEGER NOT NULL CHECK (generation BETWEEN 1 AND 4294967295),
    begun_at INTEGER
) STRICT;

INSERT INTO creditd_data_key_generation VALUES (1, 1, NULL);

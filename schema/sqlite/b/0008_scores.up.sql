-- A score with its inputs, the instant as of which they hold and the hash of its scorecard, in one packed value. Rows
-- join the end of the table whatever their subjects, so that keeping a score costs the same however many there are.
CREATE TABLE kept_score (
    id INTEGER PRIMARY KEY,
    profile INTEGER NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    score_id BLOB NOT NULL CHECK (length(score_id) = 16),
    computed_at INTEGER NOT NULL,
    packed BLOB NOT NULL,
    UNIQUE (profile, score_id)
) STRICT;

-- The scorecards that have served, as their canonical files: a name and a version stand for one card for ever.
CREATE TABLE model (
    name TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    card BLOB NOT NULL,
    PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;

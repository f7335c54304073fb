-- Base B: profiles and scores. Figures are readable under the token, for learning; texts are sealed.
-- Times are microseconds since 1970-01-01T00:00:00Z, dates are days since 1970-01-01, money is in centavos.
-- A date as text: date(birth_date * 86400, 'unixepoch').

CREATE TABLE profile (
    id INTEGER PRIMARY KEY,
    token BLOB NOT NULL UNIQUE CHECK (length(token) = 32),
    data_key BLOB NOT NULL,
    birth_date INTEGER NOT NULL,
    housing TEXT,
    address BLOB NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE asset (
    profile INTEGER NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    value_cents INTEGER NOT NULL,
    paid_off INTEGER CHECK (paid_off IN (0, 1)),
    outstanding_cents INTEGER,
    description BLOB,
    PRIMARY KEY (profile, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE income_source (
    profile INTEGER NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    monthly_amount_cents INTEGER NOT NULL,
    employer BLOB,
    since INTEGER,
    PRIMARY KEY (profile, position)
) STRICT, WITHOUT ROWID;

-- A score belongs to a profile and goes with it.
CREATE TABLE score (
    profile INTEGER NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    score_id BLOB NOT NULL CHECK (length(score_id) = 16),
    computed_at INTEGER NOT NULL,
    model TEXT NOT NULL,
    model_version INTEGER NOT NULL,
    score INTEGER NOT NULL CHECK (score BETWEEN 0 AND 1000),
    raw_score INTEGER NOT NULL,
    PRIMARY KEY (profile, score_id)
) STRICT, WITHOUT ROWID;

-- A score's reasons are its characteristics by descending loss.
CREATE TABLE score_point (
    profile INTEGER NOT NULL,
    score_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    characteristic TEXT NOT NULL,
    points INTEGER NOT NULL,
    attainable INTEGER NOT NULL,
    loss INTEGER GENERATED ALWAYS AS (attainable - points) VIRTUAL,
    PRIMARY KEY (profile, score_id, position),
    FOREIGN KEY (profile, score_id) REFERENCES score (profile, score_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

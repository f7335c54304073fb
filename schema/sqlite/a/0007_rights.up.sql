-- What persons ask for by their rights, what they consent to, and whether their register of positive data is open.

-- Requests outlive their persons, because the law's clock runs on, hence no reference to them. `details` are sealed
-- with the person's data key: they cannot be opened once the person is deleted. `late_from` is the instant at which
-- the law's term is over.
CREATE TABLE request (
    request_id BLOB NOT NULL PRIMARY KEY CHECK (length(request_id) = 16),
    token BLOB NOT NULL CHECK (length(token) = 32),
    kind TEXT NOT NULL,
    debt_id BLOB CHECK (length(debt_id) = 16),
    received_at INTEGER NOT NULL,
    late_from INTEGER NOT NULL,
    details BLOB,
    done_at INTEGER,
    outcome TEXT,
    CHECK ((done_at IS NULL) = (outcome IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX request_token ON request (token, request_id);
CREATE INDEX request_open ON request (late_from, request_id) WHERE done_at IS NULL;
CREATE INDEX request_late_from ON request (late_from, request_id);
CREATE UNIQUE INDEX request_dispute ON request (token, debt_id) WHERE done_at IS NULL AND kind = 'dispute';

CREATE TABLE consent (
    person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    consent_id BLOB NOT NULL CHECK (length(consent_id) = 16),
    details BLOB NOT NULL,
    granted_at INTEGER NOT NULL,
    revoked_at INTEGER,
    PRIMARY KEY (person, consent_id)
) STRICT, WITHOUT ROWID;

-- A row for each register that was ever closed; it outlives the person, so that nobody opens it by another creation.
CREATE TABLE cadastro (
    token BLOB NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    cancelled_at INTEGER NOT NULL,
    reopened_at INTEGER
) STRICT, WITHOUT ROWID;

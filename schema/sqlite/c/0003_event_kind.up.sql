-- A history for each kind, the removal of events, and what lets a write be repeated.

-- The newest of a kind is in the history of its kind now.
INSERT INTO event (token, occurred_at, event_id, kind, body)
SELECT token, occurred_at, event_id, kind, body FROM latest_event AS latest
WHERE NOT EXISTS (SELECT 1 FROM event WHERE event.token = latest.token AND event.event_id = latest.event_id);

DROP INDEX event_order;

-- The order of the history of a kind; it also tells whether the subject has an identifier.
CREATE UNIQUE INDEX event_order ON event (token, kind, occurred_at, event_id);

-- The newest event of each kind that newer ones have pushed out of a subject's history: it and what is older stay out.
CREATE TABLE dropped_event (
    token BLOB NOT NULL CHECK (length(token) = 32),
    kind TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    PRIMARY KEY (token, kind)
) STRICT, WITHOUT ROWID;

-- What a repeated write is answered: written in one with the effect of the first, and kept for some days.
CREATE TABLE receipt (
    token BLOB NOT NULL CHECK (length(token) = 32),
    key BLOB NOT NULL CHECK (length(key) = 16),
    digest BLOB NOT NULL CHECK (length(digest) = 16),
    at INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (token, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX receipt_age ON receipt (at);

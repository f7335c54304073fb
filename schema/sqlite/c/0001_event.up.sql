-- Base C: a bounded history of events for each subject, and the newest of each kind.
-- Times are microseconds since 1970-01-01T00:00:00Z.

-- The key is the order in which a history is paged. Texts compare by bytes.
CREATE TABLE event (
    token BLOB NOT NULL CHECK (length(token) = 32),
    occurred_at INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (token, occurred_at, event_id)
) STRICT, WITHOUT ROWID;

-- Tells an event that is there already, whatever time it is reported with.
CREATE UNIQUE INDEX event_identity ON event (token, event_id);

-- Kept apart from the history, which forgets the newest of a rare kind under many events of another.
CREATE TABLE latest_event (
    token BLOB NOT NULL CHECK (length(token) = 32),
    kind TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (token, kind)
) STRICT, WITHOUT ROWID;

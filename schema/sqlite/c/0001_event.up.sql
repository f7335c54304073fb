-- Base C: a bounded history of events for each subject, and the newest of each kind.
-- Times are microseconds since 1970-01-01T00:00:00Z.

-- Rows are appended, and the one index is what a write touches of a subject. With the rows themselves in the index's
-- order and a second index on the identifiers, an event cost twice the page writes.
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    token BLOB NOT NULL CHECK (length(token) = 32),
    occurred_at INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;

-- A history's order; texts compare by bytes. It also tells, by a look at the subject's few entries, whether an
-- identifier is there already, at whatever time.
CREATE UNIQUE INDEX event_order ON event (token, occurred_at, event_id);

-- Kept apart from the history, which forgets the newest of a rare kind under many events of another.
CREATE TABLE latest_event (
    token BLOB NOT NULL CHECK (length(token) = 32),
    kind TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (token, kind)
) STRICT, WITHOUT ROWID;

DROP TABLE receipt;

DROP INDEX event_order;

CREATE UNIQUE INDEX event_order ON event (token, occurred_at, event_id);

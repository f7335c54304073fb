DROP TABLE latest_event;
DROP TABLE event;

-- Refuses while there is something that the former schema cannot hold: `refuse_loss` fails with a text that is not NULL.
SELECT refuse_loss('rows under tokens of other keys than the first one: ' || sum(number))
FROM (
    SELECT count(*) AS number FROM event WHERE length(token) > 32
    UNION ALL
    SELECT count(*) FROM latest_event WHERE length(token) > 32
    UNION ALL
    SELECT count(*) FROM dropped_event WHERE length(token) > 32
    UNION ALL
    SELECT count(*) FROM receipt WHERE length(token) > 32
    UNION ALL
    SELECT count(*) FROM tombstone WHERE length(token) > 32
)
HAVING sum(number) > 0;

PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'length(token) IN (32, 33)', 'length(token) = 32')
WHERE type = 'table' AND name IN ('event', 'latest_event', 'dropped_event', 'receipt', 'tombstone');
PRAGMA writable_schema = RESET;

-- Tells every other connection to read the schema again.
CREATE TABLE creditd_schema_change (empty);
DROP TABLE creditd_schema_change;

-- Refuses while there is something that the former schema cannot hold: `refuse_loss` fails with a text that is not NULL.
SELECT refuse_loss('subjects under tokens of later token keys: ' || number)
FROM (
    SELECT count(*) AS number
    FROM (
        SELECT token FROM person WHERE length(token) > 32
        UNION SELECT token FROM deleted_person WHERE length(token) > 32
        UNION SELECT token FROM receipt WHERE length(token) > 32
        UNION SELECT token FROM request WHERE length(token) > 32
        UNION SELECT token FROM cadastro WHERE length(token) > 32
        UNION SELECT token FROM blocked_subject WHERE length(token) > 32
        UNION SELECT token FROM tombstone WHERE length(token) > 32
    )
)
WHERE number > 0;

PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(sql, '(length(token) IN (32, 33))', '(length(token) = 32)')
WHERE type = 'table'
    AND name IN ('person', 'deleted_person', 'receipt', 'request', 'cadastro', 'blocked_subject', 'tombstone');

PRAGMA writable_schema = RESET;

-- A table that comes and goes has every connection read the schema anew.
CREATE TABLE creditd_changed (number INTEGER) STRICT;
DROP TABLE creditd_changed;

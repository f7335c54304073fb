-- Refuses while there is something that the former schema cannot hold: `refuse_loss` fails with a text that is not NULL.
SELECT refuse_loss(group_concat(what || ': ' || number, ', '))
FROM (
    SELECT count(*) AS number, 'tombstones of erased subjects' AS what FROM tombstone
    UNION ALL
    SELECT count(*), 'erasures that are not done' FROM outbox
    UNION ALL
    SELECT count(*), 'blocked subjects' FROM blocked_subject
)
WHERE number > 0;

DROP TABLE blocked_subject;
DROP TABLE outbox;
DROP TABLE tombstone;

-- Refuses while there is something that the former program cannot hold: `refuse_loss` fails with a text that is not NULL.
SELECT refuse_loss(group_concat(what || ': ' || number, ', '))
FROM (
    SELECT 'events beyond the newest 256 of a subject' AS what, count(*) AS number
    FROM (SELECT row_number() OVER (PARTITION BY token ORDER BY occurred_at DESC, event_id DESC) AS rank FROM event)
    WHERE rank > 256
    UNION ALL
    SELECT 'receipts of repeatable writes that are younger than 7 days', count(*) FROM receipt
    WHERE at > (CAST(strftime('%s', 'now') AS INTEGER) - 7 * 86400) * 1000000
)
WHERE number > 0;

DROP TABLE receipt;
DROP TABLE dropped_event;

DROP INDEX event_order;

CREATE UNIQUE INDEX event_order ON event (token, occurred_at, event_id);

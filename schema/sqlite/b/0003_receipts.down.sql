-- Refuses while there is something that the former schema cannot hold: `refuse_loss` fails with a text that is not NULL.
SELECT refuse_loss(group_concat(number || ' ' || what, ', '))
FROM (
    SELECT count(*) AS number, 'versions of deleted profiles' AS what FROM deleted_profile
    UNION ALL
    SELECT count(*), 'receipts of repeatable writes that are younger than 7 days' FROM receipt
    WHERE at > (CAST(strftime('%s', 'now') AS INTEGER) - 7 * 86400) * 1000000
)
WHERE number > 0;

DROP TABLE receipt;
DROP TABLE deleted_profile;

-- Refuses while there is something that the former schema cannot hold: `refuse_loss` fails with a text that is not NULL.
SELECT refuse_loss(group_concat(what || ': ' || number, ', '))
FROM (
    SELECT count(*) AS number, 'versions of deleted profiles' AS what FROM deleted_profile
    UNION ALL
    SELECT count(*), 'profiles with an address that the former program cannot read' FROM profile
    WHERE address_layout > 1
    UNION ALL
    SELECT count(*), 'receipts of repeatable writes that are younger than 7 days' FROM receipt
    WHERE at > (CAST(strftime('%s', 'now') AS INTEGER) - 7 * 86400) * 1000000
)
WHERE number > 0;

ALTER TABLE profile DROP COLUMN address_layout;
DROP TABLE receipt;
DROP TABLE deleted_profile;

-- Refuses while there is something that the former schema cannot hold: `refuse_loss` fails with a text that is not NULL.
SELECT refuse_loss(group_concat(what || ': ' || number, ', '))
FROM (
    SELECT count(*) AS number, 'payments of debts' AS what FROM payment
    UNION ALL
    SELECT count(*), 'persons with members that the former program cannot read' FROM person WHERE layout > 1
    UNION ALL
    SELECT count(*), 'debts with members that the former program cannot read' FROM debt WHERE layout > 1
    UNION ALL
    SELECT count(*), 'versions of deleted persons' FROM deleted_person
    WHERE token NOT IN (SELECT token FROM person)
    UNION ALL
    SELECT count(*), 'receipts of repeatable writes that are younger than 7 days' FROM receipt
    WHERE at > (CAST(strftime('%s', 'now') AS INTEGER) - 7 * 86400) * 1000000
)
WHERE number > 0;

ALTER TABLE debt DROP COLUMN layout;
ALTER TABLE person DROP COLUMN layout;
DROP TABLE receipt;
DROP TABLE payment;
DROP TABLE deleted_person;

-- Refuses while there is something that the former program cannot read: `refuse_loss` fails with a text that is not NULL.
SELECT refuse_loss(group_concat(what || ': ' || number, ', '))
FROM (
    SELECT count(*) AS number, 'persons sealed in a form that the former program cannot read' AS what FROM person
    WHERE state IS NOT NULL
    UNION ALL
    SELECT count(*), 'payments sealed in a form that the former program cannot read' FROM payment
    WHERE substr(details, 1, 1) > x'01'
)
WHERE number > 0;

ALTER TABLE person DROP COLUMN state;

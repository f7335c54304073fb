-- Refuses while there is something that the former schema cannot hold: `refuse_loss` fails with a text that is not
-- NULL.
SELECT refuse_loss(group_concat(what || ': ' || number, ', '))
FROM (
    SELECT count(*) AS number, 'requests of persons' AS what FROM request
    UNION ALL
    SELECT count(*), 'consents' FROM consent
    UNION ALL
    SELECT count(*), 'registers that were closed' FROM cadastro
)
WHERE number > 0;

DROP TABLE cadastro;
DROP TABLE consent;
DROP TABLE request;

-- Refuses while there is something that the former schema cannot hold: `refuse_loss` fails with a text that is not NULL.
SELECT refuse_loss(what || ': ' || number)
FROM (SELECT count(*) AS number, 'records of the audit log' AS what FROM audit_record)
WHERE number > 0;

DROP TABLE audit_dropping;
DROP TABLE audit_segment;
DROP TABLE audit_head;
DROP TABLE audit_tile;
DROP TABLE audit_leaf;
DROP TABLE audit_record;

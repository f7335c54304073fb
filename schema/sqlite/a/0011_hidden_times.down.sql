-- Refuses while there is something that the former program cannot read: `refuse_loss` fails with a text that is not NULL.
-- Hidden times begin at 2^57 microseconds.
SELECT refuse_loss(group_concat(what || ': ' || number, ', '))
FROM (
    SELECT count(*) AS number, 'sealed records of the audit log' AS what FROM audit_record
    WHERE substr(line, 1, 1) = x'01'
    UNION ALL
    SELECT count(*), 'persons with hidden times' FROM person WHERE max(created_at, updated_at) >= 1 << 57
    UNION ALL
    SELECT count(*), 'debts with hidden times' FROM debt WHERE max(created_at, updated_at) >= 1 << 57
    UNION ALL
    SELECT count(*), 'payments with hidden times' FROM payment WHERE max(created_at, updated_at) >= 1 << 57
)
WHERE number > 0;

-- Refuses while there is something that the former program cannot read. Hidden times are those of years from 6536 on.
LOCK TABLE audit_record, person, debt, payment IN ACCESS EXCLUSIVE MODE;

DO $$
DECLARE
    lost text;
BEGIN
    SELECT string_agg(what, ', ') INTO lost
    FROM (
        SELECT 'sealed records of the audit log: ' || count(*)
        FROM audit_record WHERE substr(line, 1, 1) = '\x01' HAVING count(*) > 0
        UNION ALL
        SELECT 'persons with hidden times: ' || count(*)
        FROM person WHERE greatest(created_at, updated_at) >= '6536-01-01' HAVING count(*) > 0
        UNION ALL
        SELECT 'debts with hidden times: ' || count(*)
        FROM debt WHERE greatest(created_at, updated_at) >= '6536-01-01' HAVING count(*) > 0
        UNION ALL
        SELECT 'payments with hidden times: ' || count(*)
        FROM payment WHERE greatest(created_at, updated_at) >= '6536-01-01' HAVING count(*) > 0
    ) AS loss (what);
    IF lost IS NOT NULL THEN
        RAISE EXCEPTION 'this would be lost: %', lost;
    END IF;
END
$$;

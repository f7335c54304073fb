-- Refuses while there is something that the former schema cannot hold.
LOCK TABLE person, debt, payment, deleted_person, receipt IN ACCESS EXCLUSIVE MODE;

DO $$
DECLARE
    lost text;
BEGIN
    SELECT string_agg(what, ', ') INTO lost
    FROM (
        SELECT 'payments of debts: ' || count(*) FROM payment HAVING count(*) > 0
        UNION ALL
        SELECT 'persons with members that the former program cannot read: ' || count(*)
        FROM person WHERE layout > 1 HAVING count(*) > 0
        UNION ALL
        SELECT 'debts with members that the former program cannot read: ' || count(*)
        FROM debt WHERE layout > 1 HAVING count(*) > 0
        UNION ALL
        SELECT 'versions of deleted persons: ' || count(*) FROM deleted_person
        WHERE token NOT IN (SELECT token FROM person) HAVING count(*) > 0
        UNION ALL
        SELECT 'receipts of repeatable writes that are younger than 7 days: ' || count(*)
        FROM receipt WHERE at > now() - interval '7 days' HAVING count(*) > 0
    ) AS loss (what);
    IF lost IS NOT NULL THEN
        RAISE EXCEPTION 'this would be lost: %', lost;
    END IF;
END
$$;

ALTER TABLE debt DROP COLUMN layout;
ALTER TABLE person DROP COLUMN layout;
DROP TABLE receipt;
DROP TABLE payment;
DROP TABLE deleted_person;

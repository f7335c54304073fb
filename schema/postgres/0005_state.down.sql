-- Refuses while there is something that the former program cannot read.
LOCK TABLE person, debt, payment IN ACCESS EXCLUSIVE MODE;

DO $$
DECLARE
    lost text;
BEGIN
    SELECT string_agg(what, ', ') INTO lost
    FROM (
        SELECT 'persons sealed in a form that the former program cannot read: ' || count(*)
        FROM person WHERE state IS NOT NULL HAVING count(*) > 0
        UNION ALL
        SELECT 'payments sealed in a form that the former program cannot read: ' || count(*)
        FROM payment WHERE substr(details, 1, 1) > '\x01' HAVING count(*) > 0
    ) AS loss (what);
    IF lost IS NOT NULL THEN
        RAISE EXCEPTION 'this would be lost: %', lost;
    END IF;
END
$$;

ALTER TABLE person DROP COLUMN state;

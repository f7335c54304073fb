-- Refuses while there is something that the former schema cannot hold.
LOCK TABLE request, consent, cadastro IN ACCESS EXCLUSIVE MODE;

DO $$
DECLARE
    lost text;
BEGIN
    SELECT string_agg(what, ', ') INTO lost
    FROM (
        SELECT 'requests of persons: ' || count(*) FROM request HAVING count(*) > 0
        UNION ALL
        SELECT 'consents: ' || count(*) FROM consent HAVING count(*) > 0
        UNION ALL
        SELECT 'registers that were closed: ' || count(*) FROM cadastro HAVING count(*) > 0
    ) AS loss (what);
    IF lost IS NOT NULL THEN
        RAISE EXCEPTION 'this would be lost: %', lost;
    END IF;
END
$$;

DROP TABLE cadastro;
DROP TABLE consent;
DROP TABLE request;

-- Refuses while there is something that the former schema cannot hold.
LOCK TABLE tombstone, outbox, blocked_subject IN ACCESS EXCLUSIVE MODE;

DO $$
DECLARE
    lost text;
BEGIN
    SELECT string_agg(what, ', ') INTO lost
    FROM (
        SELECT 'tombstones of erased subjects: ' || count(*) FROM tombstone HAVING count(*) > 0
        UNION ALL
        SELECT 'erasures that are not done: ' || count(*) FROM outbox HAVING count(*) > 0
        UNION ALL
        SELECT 'blocked subjects: ' || count(*) FROM blocked_subject HAVING count(*) > 0
    ) AS loss (what);
    IF lost IS NOT NULL THEN
        RAISE EXCEPTION 'this would be lost: %', lost;
    END IF;
END
$$;

REVOKE DELETE ON deleted_person FROM creditd;
DROP TABLE blocked_subject;
DROP TABLE outbox;
DROP TABLE tombstone;

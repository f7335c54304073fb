-- Refuses while there is something that the former schema cannot hold.
LOCK TABLE audit_record IN ACCESS EXCLUSIVE MODE;

DO $$
DECLARE
    lost text;
BEGIN
    SELECT 'records of the audit log: ' || count(*) INTO lost FROM audit_record HAVING count(*) > 0;
    IF lost IS NOT NULL THEN
        RAISE EXCEPTION 'this would be lost: %', lost;
    END IF;
END
$$;

DROP TABLE audit_segment, audit_head, audit_tile, audit_leaf, audit_queue, audit_record;
DROP FUNCTION audit_tree_refuses_change();

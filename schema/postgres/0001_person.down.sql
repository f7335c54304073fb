DROP TABLE audit;
DROP FUNCTION audit_refuses_change();
DROP TABLE debt;
DROP TABLE person;
REVOKE ALL ON creditd_migration FROM creditd;

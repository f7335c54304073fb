-- Refuses while there is something that the former schema cannot hold.
LOCK TABLE person, deleted_person, receipt, request, cadastro, blocked_subject, tombstone, debt, payment, consent
    IN ACCESS EXCLUSIVE MODE;

DO $$
DECLARE
    lost text;
BEGIN
    SELECT 'subjects under tokens of later token keys: ' || count(*) INTO lost
    FROM (
        SELECT token FROM person WHERE octet_length(token) > 32
        UNION SELECT token FROM deleted_person WHERE octet_length(token) > 32
        UNION SELECT token FROM receipt WHERE octet_length(token) > 32
        UNION SELECT token FROM request WHERE octet_length(token) > 32
        UNION SELECT token FROM cadastro WHERE octet_length(token) > 32
        UNION SELECT token FROM blocked_subject WHERE octet_length(token) > 32
        UNION SELECT token FROM tombstone WHERE octet_length(token) > 32
    ) AS later
    HAVING count(*) > 0;
    IF lost IS NOT NULL THEN
        RAISE EXCEPTION 'this would be lost: %', lost;
    END IF;
END
$$;

REVOKE UPDATE ON blocked_subject FROM creditd;

ALTER TABLE debt DROP CONSTRAINT debt_token_fkey,
    ADD CONSTRAINT debt_token_fkey FOREIGN KEY (token) REFERENCES person (token)
        ON DELETE CASCADE;
ALTER TABLE payment DROP CONSTRAINT payment_token_debt_id_fkey,
    ADD CONSTRAINT payment_token_debt_id_fkey FOREIGN KEY (token, debt_id) REFERENCES debt (token, debt_id)
        ON DELETE CASCADE;
ALTER TABLE consent DROP CONSTRAINT consent_token_fkey,
    ADD CONSTRAINT consent_token_fkey FOREIGN KEY (token) REFERENCES person (token)
        ON DELETE CASCADE;

ALTER TABLE person DROP CONSTRAINT person_token_check,
    ADD CONSTRAINT person_token_check CHECK (octet_length(token) = 32);
ALTER TABLE deleted_person DROP CONSTRAINT deleted_person_token_check,
    ADD CONSTRAINT deleted_person_token_check CHECK (octet_length(token) = 32);
ALTER TABLE receipt DROP CONSTRAINT receipt_token_check,
    ADD CONSTRAINT receipt_token_check CHECK (octet_length(token) = 32);
ALTER TABLE request DROP CONSTRAINT request_token_check,
    ADD CONSTRAINT request_token_check CHECK (octet_length(token) = 32);
ALTER TABLE cadastro DROP CONSTRAINT cadastro_token_check,
    ADD CONSTRAINT cadastro_token_check CHECK (octet_length(token) = 32);
ALTER TABLE blocked_subject DROP CONSTRAINT blocked_subject_token_check,
    ADD CONSTRAINT blocked_subject_token_check CHECK (octet_length(token) = 32);
ALTER TABLE tombstone DROP CONSTRAINT tombstone_token_check,
    ADD CONSTRAINT tombstone_token_check CHECK (octet_length(token) = 32);

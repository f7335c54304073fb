-- Subjects under the tokens of later token keys, which have a byte more than those of the first one. What belongs to a
-- person goes along. The former table `audit` gets no rows any more.
ALTER TABLE person DROP CONSTRAINT person_token_check,
    ADD CONSTRAINT person_token_check CHECK (octet_length(token) IN (32, 33));
ALTER TABLE deleted_person DROP CONSTRAINT deleted_person_token_check,
    ADD CONSTRAINT deleted_person_token_check CHECK (octet_length(token) IN (32, 33));
ALTER TABLE receipt DROP CONSTRAINT receipt_token_check,
    ADD CONSTRAINT receipt_token_check CHECK (octet_length(token) IN (32, 33));
ALTER TABLE request DROP CONSTRAINT request_token_check,
    ADD CONSTRAINT request_token_check CHECK (octet_length(token) IN (32, 33));
ALTER TABLE cadastro DROP CONSTRAINT cadastro_token_check,
    ADD CONSTRAINT cadastro_token_check CHECK (octet_length(token) IN (32, 33));
ALTER TABLE blocked_subject DROP CONSTRAINT blocked_subject_token_check,
    ADD CONSTRAINT blocked_subject_token_check CHECK (octet_length(token) IN (32, 33));
ALTER TABLE tombstone DROP CONSTRAINT tombstone_token_check,
    ADD CONSTRAINT tombstone_token_check CHECK (octet_length(token) IN (32, 33));

ALTER TABLE debt DROP CONSTRAINT debt_token_fkey,
    ADD CONSTRAINT debt_token_fkey FOREIGN KEY (token) REFERENCES person (token)
        ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE payment DROP CONSTRAINT payment_token_debt_id_fkey,
    ADD CONSTRAINT payment_token_debt_id_fkey FOREIGN KEY (token, debt_id) REFERENCES debt (token, debt_id)
        ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE consent DROP CONSTRAINT consent_token_fkey,
    ADD CONSTRAINT consent_token_fkey FOREIGN KEY (token) REFERENCES person (token)
        ON UPDATE CASCADE ON DELETE CASCADE;

GRANT UPDATE ON blocked_subject TO creditd;

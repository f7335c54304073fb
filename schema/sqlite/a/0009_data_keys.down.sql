DROP TABLE creditd_data_key_generation;
ALTER TABLE person DROP COLUMN encryptions;
DROP TRIGGER request_key;
ALTER TABLE request DROP COLUMN is_key_checked;

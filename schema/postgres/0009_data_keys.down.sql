DROP TABLE data_key_generation;
ALTER TABLE person DROP COLUMN encryptions;
ALTER TABLE request DROP COLUMN is_key_checked;

DROP TABLE data_key_generation;
ALTER TABLE person DROP COLUMN encryptions;

DROP TABLE creditd_data_key_generation;
ALTER TABLE person DROP COLUMN encryptions;

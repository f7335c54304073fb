DROP TABLE wrapping_key;

DROP TABLE creditd_wrapping_key;

DROP TABLE creditd_probe;
DROP TABLE creditd_key_ring;

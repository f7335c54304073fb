DROP TABLE creditd_key_ring;

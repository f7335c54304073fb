DROP TABLE score_point;
DROP TABLE score;
DROP TABLE income_source;
DROP TABLE asset;
DROP TABLE profile;

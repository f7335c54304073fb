DROP TABLE audit;
DROP TABLE debt;
DROP TABLE person;

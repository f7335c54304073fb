-- What proves that the sealed values of a person and of the debts are the latest ones: an old copy of one of them, put
-- back over the new one, makes the person unreadable. NULL until a person of an earlier program is written.
ALTER TABLE person ADD COLUMN state BLOB;

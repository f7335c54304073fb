-- Subjects under the tokens of later token keys, which have a byte more than those of the first one.
--
-- The rows stay as they are: the new checks take all that the former ones took. Therefore the text of the tables is
-- changed, and nothing is rebuilt (https://sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema
-- Changes"). The former table `audit` gets no rows any more.
PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(sql, '(length(token) = 32)', '(length(token) IN (32, 33))')
WHERE type = 'table'
    AND name IN ('person', 'deleted_person', 'receipt', 'request', 'cadastro', 'blocked_subject', 'tombstone');

PRAGMA writable_schema = RESET;

-- Fails unless each of the tables has changed. A table that comes and goes has every connection read the schema anew.
CREATE TABLE creditd_changed (number INTEGER NOT NULL CHECK (number = 7)) STRICT;
INSERT INTO creditd_changed
SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%(length(token) IN (32, 33))%';
DROP TABLE creditd_changed;

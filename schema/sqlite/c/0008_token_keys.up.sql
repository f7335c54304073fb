-- Tokens of other keys than the first one have 33 bytes: 32, and the number of the key. The texts of the tables are
-- changed in place, since every row fulfils the wider check: that takes the same moment whatever the file holds, and
-- sqlite.org/lang_altertable.html tells how, for changes that do not affect the content.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'length(token) = 32', 'length(token) IN (32, 33)')
WHERE type = 'table' AND name IN ('event', 'latest_event', 'dropped_event', 'receipt', 'tombstone');
PRAGMA writable_schema = RESET;

-- Tells every other connection to read the schema again.
CREATE TABLE creditd_schema_change (empty);
DROP TABLE creditd_schema_change;

-- Refuses while there is something that the former schema cannot hold: `refuse_loss` fails with a text that is not NULL.
SELECT refuse_loss('tombstones of erased subjects: ' || count(*)) FROM tombstone HAVING count(*) > 0;

DROP TABLE tombstone;

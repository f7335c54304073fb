-- Refuses while there is something that the former program cannot read: `refuse_loss` fails with a text that is not NULL.
-- Hidden times begin at 2^57 microseconds.
SELECT refuse_loss('profiles with hidden times: ' || number)
FROM (SELECT count(*) AS number FROM profile WHERE max(created_at, updated_at) >= 1 << 57)
WHERE number > 0;

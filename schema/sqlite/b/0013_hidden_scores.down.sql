-- Refuses while there is something that the former program cannot read: `refuse_loss` fails with a text that is not
-- NULL. A hidden identifier is a UUID of version 8. The receipt of a score begins with its layout; no other receipt that
-- begins so is as long.
SELECT refuse_loss(group_concat(what || ': ' || number, ', '))
FROM (
    SELECT count(*) AS number, 'scores with hidden times' AS what FROM kept_score
    WHERE substr(score_id, 7, 1) BETWEEN x'80' AND x'8F'
    UNION ALL
    SELECT count(*), 'receipts of scores with hidden times' FROM receipt
    WHERE substr(body, 1, 1) = x'03' AND length(body) > 16
)
WHERE number > 0;

-- Refuses while there is something that the former schema cannot hold: `refuse_loss` fails with a text that is not NULL.
SELECT refuse_loss('scores with their inputs: ' || count(*)) FROM kept_score HAVING count(*) > 0;

DROP TABLE model;
DROP TABLE kept_score;

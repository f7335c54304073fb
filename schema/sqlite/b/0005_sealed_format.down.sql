-- Refuses while there is something that the former program cannot read: `refuse_loss` fails with a text that is not NULL.
SELECT refuse_loss('profiles sealed in a form that the former program cannot read: ' || count(*))
FROM profile WHERE substr(address, 1, 1) > x'01' HAVING count(*) > 0;

-- Nothing of the tables changes: sealed values are padded and bound to the figures beside them from here on, in a form
-- that a former program cannot read, and must not try.
SELECT 1;

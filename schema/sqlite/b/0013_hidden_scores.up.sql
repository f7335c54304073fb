-- Nothing of the tables changes: from here on scores tell their day alone, in a form that a former program cannot read,
-- and must not try.
SELECT 1;

-- Finds the scores of a span of time, whatever the order in which clocks that disagree have let them join the table.
CREATE INDEX kept_score_computed_at ON kept_score (computed_at);

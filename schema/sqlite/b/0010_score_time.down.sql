DROP INDEX kept_score_computed_at;

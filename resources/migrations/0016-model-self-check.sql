-- What a model showed after its first load, as JSON; null before, and after its files have changed.
ALTER TABLE model ADD COLUMN self_check TEXT;

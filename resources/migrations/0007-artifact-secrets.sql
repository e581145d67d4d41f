-- Artifacts that are no text are kept as they are; this says that a secret of the task was found in the bytes.
ALTER TABLE artifact ADD COLUMN has_secret INTEGER NOT NULL DEFAULT 0;

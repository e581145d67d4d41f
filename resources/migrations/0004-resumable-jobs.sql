-- Jobs that go on after a restart: what they were asked to do, and how far they have come.
ALTER TABLE job ADD COLUMN input TEXT NOT NULL DEFAULT '{}';
ALTER TABLE job ADD COLUMN checkpoint TEXT;
ALTER TABLE job ADD COLUMN cancel_requested INTEGER NOT NULL DEFAULT 0;
-- Starts since the last checkpoint: a job that brings the host down every time is given up.
ALTER TABLE job ADD COLUMN starts INTEGER NOT NULL DEFAULT 0;

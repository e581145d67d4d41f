-- What starts and ends of tasks write: each of these indexes was changed twice in the life of every task.
-- By state only what has no slot: what runs is a handful, which task_live lists, and it enters and leaves the index most often.
DROP INDEX task_by_status;
CREATE INDEX task_by_status ON task (status, created_at, id) WHERE status NOT IN ('running', 'waiting');

-- Tasks that have a slot, and the token in force of each, in one index instead of two.
DROP INDEX task_live;
DROP INDEX task_token;
CREATE UNIQUE INDEX task_live ON task (status, attempt_token) WHERE status IN ('running', 'waiting');

-- Limits that the request of a task set itself, apart from those of its command: they hold again when the task is repeated.
ALTER TABLE task ADD COLUMN overrides TEXT NOT NULL DEFAULT '{}';
-- Of older tasks only what differs from their command is known to have been set. A merge patch leaves out what is null.
UPDATE task SET overrides = json_patch('{}', json_object(
  'max_attempts', CASE WHEN max_attempts <> (retry ->> '$.max') + 1 THEN max_attempts END,
  'timeout_seconds', CASE WHEN timeout_seconds <> (
    SELECT body ->> '$.timeout_seconds' FROM command_version
    WHERE command_id = task.command_id AND version = task.command_version
  ) THEN timeout_seconds END
));

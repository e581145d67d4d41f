-- The schema that a task's input was checked against, so that a repetition with changes is checked and sealed in the same way.
ALTER TABLE task ADD COLUMN input_schema TEXT NOT NULL DEFAULT '{}';

-- What a request with an idempotency key committed, written in the same transaction: a repetition after a crash is answered from it.
ALTER TABLE idempotency ADD COLUMN receipt TEXT;

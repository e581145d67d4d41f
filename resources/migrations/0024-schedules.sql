-- Commands that run by themselves. `anchor` is what an interval counts from; times are unix ms.
CREATE TABLE schedule (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  command_id TEXT NOT NULL,
  input TEXT NOT NULL,
  profile_ids TEXT NOT NULL,
  priority TEXT NOT NULL,
  trigger TEXT NOT NULL,
  missed TEXT NOT NULL,
  overlap TEXT NOT NULL,
  jitter_seconds INTEGER NOT NULL,
  quiet TEXT,
  start_at INTEGER,
  end_at INTEGER,
  anchor INTEGER NOT NULL,
  next_run_at INTEGER,
  last_task_id TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  deleted_at INTEGER
);
CREATE INDEX schedule_by_name ON schedule (name_key, id);
CREATE INDEX schedule_due ON schedule (next_run_at) WHERE enabled = 1 AND deleted_at IS NULL AND next_run_at IS NOT NULL;

-- The ledger: one line for each time that was due, so that none starts twice.
CREATE TABLE schedule_tick (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  schedule_id TEXT NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT,
  task_id TEXT
);
CREATE UNIQUE INDEX schedule_tick_at ON schedule_tick (schedule_id, at);
CREATE INDEX schedule_tick_age ON schedule_tick (at);

CREATE INDEX task_by_schedule ON task (schedule_id, created_at) WHERE schedule_id IS NOT NULL;

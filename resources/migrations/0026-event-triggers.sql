-- Schedules that wait for something to happen. `seen` is the last change that was looked at for one.
ALTER TABLE schedule ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;

-- Events that have come and have no line in the ledger yet. `depth` counts the tasks in a row that led to one.
CREATE TABLE schedule_event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  schedule_id TEXT NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
  event_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  data TEXT NOT NULL
);
CREATE UNIQUE INDEX schedule_event_once ON schedule_event (schedule_id, event_id);

-- An event has one line too; several may come at the same moment.
ALTER TABLE schedule_tick ADD COLUMN event_id TEXT;
DROP INDEX schedule_tick_at;
CREATE UNIQUE INDEX schedule_tick_at ON schedule_tick (schedule_id, at) WHERE event_id IS NULL;
CREATE UNIQUE INDEX schedule_tick_event ON schedule_tick (schedule_id, event_id) WHERE event_id IS NOT NULL;
CREATE INDEX schedule_tick_newest ON schedule_tick (schedule_id, at);

-- How many tasks in a row started one another, of the tasks that an event started.
CREATE TABLE task_chain (
  task_id TEXT PRIMARY KEY REFERENCES task (id) ON DELETE CASCADE,
  depth INTEGER NOT NULL
) WITHOUT ROWID;

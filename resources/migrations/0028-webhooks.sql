-- The secrets with which deliveries to schedules are signed: `secret` is a reference, `hint` the end of the secret. What was refused last is told in words.
CREATE TABLE schedule_hook (
  schedule_id TEXT PRIMARY KEY REFERENCES schedule (id) ON DELETE CASCADE,
  secret TEXT NOT NULL,
  hint TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  refused_at INTEGER,
  refused_reason TEXT
);

-- Deliveries that were taken, so that none is taken again: by the id of the event, and by its signature, which who repeats one cannot change.
CREATE TABLE schedule_delivery (
  schedule_id TEXT NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
  event_id TEXT NOT NULL,
  proof BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (schedule_id, event_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX schedule_delivery_proof ON schedule_delivery (schedule_id, proof);
CREATE INDEX schedule_delivery_at ON schedule_delivery (schedule_id, at);

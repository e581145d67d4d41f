-- Bytes that browsers sent and received through proxies: sums by day (UTC), and one row for each browser from its start to its end.
CREATE TABLE traffic_day (
  -- Empty for a browser without a profile.
  profile_id TEXT NOT NULL,
  day TEXT NOT NULL,
  proxy_id TEXT NOT NULL,
  up INTEGER NOT NULL,
  down INTEGER NOT NULL,
  PRIMARY KEY (profile_id, day, proxy_id)
) WITHOUT ROWID;
CREATE INDEX traffic_day_by_proxy ON traffic_day (proxy_id, day, up, down);

CREATE TABLE traffic_run (
  id TEXT PRIMARY KEY,
  profile_id TEXT,
  task_id TEXT,
  attempt INTEGER,
  proxy_id TEXT NOT NULL,
  proxy_name TEXT NOT NULL,
  exit_ip TEXT,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  up INTEGER NOT NULL,
  down INTEGER NOT NULL,
  hosts TEXT NOT NULL,
  spent TEXT
);
CREATE INDEX traffic_run_by_profile ON traffic_run (profile_id, started_at) WHERE profile_id IS NOT NULL;
CREATE INDEX traffic_run_by_task ON traffic_run (task_id, started_at) WHERE task_id IS NOT NULL;
CREATE INDEX traffic_run_by_time ON traffic_run (started_at);

-- How much a profile may use.
ALTER TABLE profile ADD COLUMN traffic_budget TEXT;
-- The hosts that a profile went to go with it.
CREATE TRIGGER traffic_of_profile AFTER DELETE ON profile BEGIN
  DELETE FROM traffic_run WHERE profile_id = OLD.id;
  DELETE FROM traffic_day WHERE profile_id = OLD.id;
END;

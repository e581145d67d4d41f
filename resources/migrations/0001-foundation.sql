-- Times are unix milliseconds. JSON columns hold text that the store parses with zod.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Every change of anything, written in the transaction that made it. Live updates, audit and triggers read it by seq.
CREATE TABLE event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  entity TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  version INTEGER,
  data TEXT
);
CREATE INDEX event_by_entity ON event (entity_id, seq);

CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL) WITHOUT ROWID;

-- Tamper-evident: hash covers the line and the hash of the line before it.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  principal TEXT NOT NULL,
  door TEXT NOT NULL,
  op TEXT NOT NULL,
  target TEXT,
  outcome TEXT NOT NULL,
  hash TEXT NOT NULL
);

-- Sealed with AES-256-GCM; the id is the associated data, owner is what the secret is deleted with.
CREATE TABLE secret (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  nonce BLOB NOT NULL,
  box BLOB NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX secret_by_owner ON secret (owner);

CREATE TABLE api_key (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  areas TEXT NOT NULL,
  rate_multiplier REAL NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  deleted_at INTEGER
);

CREATE TABLE panel_session (
  hash BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE idempotency (
  principal TEXT NOT NULL,
  key TEXT NOT NULL,
  op TEXT NOT NULL,
  input_hash TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'done')),
  response TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (principal, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_by_time ON idempotency (created_at);

CREATE TABLE job (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  join_key TEXT,
  scope TEXT NOT NULL,
  area TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  progress TEXT NOT NULL,
  result TEXT,
  error TEXT,
  request_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER
);
CREATE INDEX job_by_time ON job (created_at);
CREATE UNIQUE INDEX job_joinable ON job (join_key) WHERE status IN ('queued', 'running');

CREATE TABLE upload (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  mime TEXT NOT NULL,
  bytes INTEGER,
  sha256 TEXT,
  principal TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX upload_by_expiry ON upload (expires_at);

CREATE TABLE backup (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('manual', 'auto', 'migration')),
  file TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL
);

CREATE TABLE profile (
  id TEXT PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,
  name TEXT NOT NULL,
  color TEXT NOT NULL,
  group_name TEXT,
  tags TEXT NOT NULL,
  notes TEXT NOT NULL,
  browser TEXT NOT NULL,
  executable_path TEXT,
  proxy_id TEXT,
  start_urls TEXT NOT NULL,
  locale TEXT,
  timezone TEXT,
  viewport TEXT,
  window_size TEXT,
  user_agent TEXT,
  color_scheme TEXT,
  extensions TEXT NOT NULL,
  launch_args TEXT NOT NULL,
  storage TEXT NOT NULL CHECK (storage IN ('persistent', 'ephemeral')),
  clear_cache_on_stop INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL DEFAULT 0,
  last_started_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  deleted_at INTEGER
);
CREATE INDEX profile_by_name ON profile (name) WHERE deleted_at IS NULL;

CREATE TABLE command (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  description TEXT NOT NULL,
  folder TEXT,
  tags TEXT NOT NULL,
  spec TEXT NOT NULL,
  input_schema TEXT NOT NULL,
  defaults TEXT NOT NULL,
  uses TEXT NOT NULL,
  timeout_seconds INTEGER NOT NULL,
  retry TEXT NOT NULL,
  concurrency_key TEXT,
  enabled INTEGER NOT NULL,
  example TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  deleted_at INTEGER
);
CREATE UNIQUE INDEX command_example ON command (example) WHERE example IS NOT NULL;
CREATE INDEX command_by_name ON command (name) WHERE deleted_at IS NULL;

-- One row a version; `body` is the whole command as it was.
CREATE TABLE command_version (
  command_id TEXT NOT NULL REFERENCES command (id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  by_name TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (command_id, version)
) WITHOUT ROWID;

-- An immutable snapshot (spec, input, profile) and the state machine around it. `attempt_token` fences late workers.
-- `rank` is the due time plus the head start that more urgent lanes have: the queue is read in its order, so that an old
-- task of a slow lane comes before a new one of a fast lane. `bytes` are those of its log and artifacts.
CREATE TABLE task (
  id TEXT PRIMARY KEY,
  status TEXT NOT NULL,
  priority INTEGER NOT NULL,
  kind TEXT NOT NULL,
  command_id TEXT,
  command_version INTEGER,
  command_name TEXT NOT NULL,
  spec TEXT NOT NULL,
  input TEXT NOT NULL,
  profile_id TEXT,
  profile TEXT,
  proxy_id TEXT,
  schedule_id TEXT,
  workflow_run_id TEXT,
  batch_id TEXT,
  retry_of TEXT,
  labels TEXT NOT NULL,
  concurrency_key TEXT,
  timeout_seconds INTEGER NOT NULL,
  retry TEXT NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  attempt_token TEXT,
  lease_owner TEXT,
  lease_until INTEGER,
  cancel_requested INTEGER NOT NULL DEFAULT 0,
  progress TEXT,
  output TEXT,
  error TEXT,
  error_code TEXT,
  bytes INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  version INTEGER NOT NULL
);
-- The claim reads only this index: it covers everything that decides whether a task may start.
CREATE INDEX task_queue ON task (rank, id, priority, profile_id, concurrency_key, due_at) WHERE status = 'queued';
CREATE INDEX task_timer ON task (due_at, id) WHERE status IN ('scheduled', 'retrying');
CREATE INDEX task_live ON task (status, lease_until) WHERE status IN ('running', 'waiting');
CREATE UNIQUE INDEX task_token ON task (attempt_token) WHERE attempt_token IS NOT NULL;
CREATE INDEX task_by_status ON task (status, created_at DESC, id DESC);
CREATE INDEX task_by_time ON task (created_at DESC, id DESC);
CREATE INDEX task_by_command ON task (command_id, created_at DESC) WHERE command_id IS NOT NULL;
CREATE INDEX task_by_profile ON task (profile_id, created_at DESC) WHERE profile_id IS NOT NULL;
CREATE INDEX task_by_batch ON task (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX task_by_error ON task (error_code, created_at DESC) WHERE error_code IS NOT NULL;
CREATE INDEX task_finished ON task (finished_at) WHERE finished_at IS NOT NULL;
-- At most one running task a profile, and one a concurrency key, whatever the code does.
CREATE UNIQUE INDEX task_profile_exclusive ON task (profile_id) WHERE status IN ('running', 'waiting') AND profile_id IS NOT NULL;
CREATE UNIQUE INDEX task_key_exclusive ON task (concurrency_key) WHERE status IN ('running', 'waiting') AND concurrency_key IS NOT NULL;

-- Tasks by state and kind, kept by triggers: counting a million rows takes 58 ms, reading thirty takes none.
CREATE TABLE task_count (status TEXT NOT NULL, kind TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (status, kind)) WITHOUT ROWID;
CREATE TRIGGER task_count_insert AFTER INSERT ON task BEGIN
  INSERT INTO task_count (status, kind, n) VALUES (NEW.status, NEW.kind, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER task_count_update AFTER UPDATE OF status ON task WHEN OLD.status <> NEW.status BEGIN
  UPDATE task_count SET n = n - 1 WHERE status = OLD.status AND kind = OLD.kind;
  INSERT INTO task_count (status, kind, n) VALUES (NEW.status, NEW.kind, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER task_count_delete AFTER DELETE ON task BEGIN
  UPDATE task_count SET n = n - 1 WHERE status = OLD.status AND kind = OLD.kind;
END;

-- Bytes of all logs and artifacts, kept by triggers for retention.
CREATE TABLE task_usage (id INTEGER PRIMARY KEY CHECK (id = 1), bytes INTEGER NOT NULL);
INSERT INTO task_usage (id, bytes) VALUES (1, 0);
CREATE TRIGGER task_usage_update AFTER UPDATE OF bytes ON task WHEN OLD.bytes <> NEW.bytes BEGIN
  UPDATE task_usage SET bytes = bytes + NEW.bytes - OLD.bytes WHERE id = 1;
END;
CREATE TRIGGER task_usage_delete AFTER DELETE ON task WHEN OLD.bytes <> 0 BEGIN
  UPDATE task_usage SET bytes = bytes - OLD.bytes WHERE id = 1;
END;

-- Outcomes by hour for the dashboard, written with each end of a task; they outlive the tasks. Keys: `succeeded`, `failed`,
-- `error:<code>` (with the last task that had it) and `duration:<bucket>` (bucket = floor(ln(ms + 1) / ln(1.05))).
CREATE TABLE task_hour (
  hour INTEGER NOT NULL,
  key TEXT NOT NULL,
  n INTEGER NOT NULL,
  last_task_id TEXT,
  PRIMARY KEY (hour, key)
) WITHOUT ROWID;

CREATE TABLE attempt (
  task_id TEXT NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  token TEXT NOT NULL,
  status TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  error TEXT,
  exit_code INTEGER,
  pid INTEGER,
  log_first_seq INTEGER NOT NULL DEFAULT 1,
  log_lines INTEGER NOT NULL DEFAULT 0,
  log_bytes INTEGER NOT NULL DEFAULT 0,
  log_dropped INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (task_id, number)
) WITHOUT ROWID;

CREATE TABLE step (
  task_id TEXT NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  parent INTEGER,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  output TEXT,
  error TEXT,
  PRIMARY KEY (task_id, attempt, seq)
) WITHOUT ROWID;

CREATE TABLE artifact (
  id TEXT PRIMARY KEY,
  task_id TEXT NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  mime TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  file TEXT NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX artifact_by_task ON artifact (task_id, created_at);

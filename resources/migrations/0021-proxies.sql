-- Proxies. The password is a sealed secret that the row refers to; the last check is kept in columns, so that lists can be ordered by it.
CREATE TABLE proxy (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  scheme TEXT NOT NULL CHECK (scheme IN ('http', 'https', 'socks4', 'socks5')),
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  username TEXT,
  password_secret TEXT,
  refresh_url TEXT,
  tags TEXT NOT NULL,
  notes TEXT NOT NULL,
  expires_at INTEGER,
  status TEXT NOT NULL CHECK (status IN ('untested', 'ok', 'failing')),
  status_rank INTEGER NOT NULL,
  latency_ms INTEGER,
  exit_ip TEXT,
  country TEXT,
  timezone TEXT,
  check_error TEXT,
  check_message TEXT,
  checked_at INTEGER,
  last_ok_at INTEGER,
  failures INTEGER NOT NULL,
  history TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  deleted_at INTEGER
);
CREATE INDEX proxy_by_time ON proxy (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX proxy_by_update ON proxy (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX proxy_by_name ON proxy (name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX proxy_by_scheme ON proxy (scheme, id) WHERE deleted_at IS NULL;
CREATE INDEX proxy_by_host ON proxy (host, id) WHERE deleted_at IS NULL;
CREATE INDEX proxy_by_status ON proxy (status_rank, id) WHERE deleted_at IS NULL;
CREATE INDEX proxy_by_latency ON proxy (latency_ms, id) WHERE deleted_at IS NULL;
CREATE INDEX proxy_by_country ON proxy (country, id) WHERE deleted_at IS NULL;
CREATE INDEX proxy_by_last_ok ON proxy (last_ok_at, id) WHERE deleted_at IS NULL;
CREATE INDEX proxy_by_expiry ON proxy (expires_at, id) WHERE deleted_at IS NULL;

-- The profiles that use a proxy, for its count and before it is deleted.
CREATE INDEX profile_by_proxy ON profile (proxy_id, id) WHERE deleted_at IS NULL AND proxy_id IS NOT NULL;

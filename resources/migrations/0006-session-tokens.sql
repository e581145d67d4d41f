-- Panel sessions are tokens that the page keeps and sends, no cookies: each has an id and belongs to the origin it was made for.
-- Sessions of before were cookies; whoever had one signs in again.
DROP TABLE panel_session;
CREATE TABLE panel_session (
  id TEXT PRIMARY KEY,
  hash BLOB NOT NULL,
  origin TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

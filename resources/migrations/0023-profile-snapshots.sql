-- Earlier states of profiles: a folder each, named by the id.
CREATE TABLE profile_snapshot (
  id TEXT PRIMARY KEY,
  profile_id TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('stop', 'manual', 'restore')),
  bytes INTEGER NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX profile_snapshot_by_profile ON profile_snapshot (profile_id, created_at, id);

-- Pools of proxies, and which one of a pool each profile has.
CREATE TABLE proxy_pool (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  proxy_ids TEXT NOT NULL,
  tags TEXT NOT NULL,
  pick TEXT NOT NULL CHECK (pick IN ('least_used', 'fastest', 'random')),
  cooldown_seconds INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL
);
CREATE TABLE pool_choice (
  profile_id TEXT PRIMARY KEY REFERENCES profile (id) ON DELETE CASCADE,
  pool_id TEXT NOT NULL,
  proxy_id TEXT NOT NULL,
  chosen_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX pool_choice_by_proxy ON pool_choice (proxy_id);

ALTER TABLE profile ADD COLUMN pool_id TEXT;
ALTER TABLE profile ADD COLUMN sticky TEXT NOT NULL DEFAULT 'failure' CHECK (sticky IN ('run', 'failure', 'minutes', 'forever'));
ALTER TABLE profile ADD COLUMN sticky_minutes INTEGER NOT NULL DEFAULT 60;
CREATE INDEX profile_by_pool ON profile (pool_id, id) WHERE deleted_at IS NULL AND pool_id IS NOT NULL;

-- Whether a profile may go out where neither its language nor its time zone fits (null: as the setting says), and which such exit an operator has accepted.
ALTER TABLE profile ADD COLUMN exit_policy TEXT CHECK (exit_policy IN ('off', 'warn', 'block'));
CREATE TABLE exit_consent (
  profile_id TEXT PRIMARY KEY REFERENCES profile (id) ON DELETE CASCADE,
  -- The proxy, its exit and what the profile says of itself: consent to one is none to another.
  exit TEXT NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID;

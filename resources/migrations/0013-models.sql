-- Models on this machine: one row for each quantization of each repo. What their files say is in facts.
CREATE TABLE model (
  id TEXT PRIMARY KEY,
  repo TEXT NOT NULL,
  variant TEXT,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  type TEXT NOT NULL,
  format TEXT NOT NULL,
  status TEXT NOT NULL,
  problem TEXT,
  source TEXT NOT NULL,
  path TEXT NOT NULL UNIQUE,
  bytes INTEGER NOT NULL,
  architecture TEXT,
  parameters INTEGER,
  context_length INTEGER,
  facts TEXT,
  files TEXT NOT NULL,
  sha256 TEXT,
  selected INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL
);
CREATE INDEX model_by_name ON model (name_key, id);
CREATE INDEX model_by_repo ON model (repo, variant);
CREATE UNIQUE INDEX model_by_selection ON model (type) WHERE selected = 1;

CREATE TABLE model_settings (
  repo TEXT NOT NULL,
  variant TEXT NOT NULL,
  settings TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (repo, variant)
);
CREATE TABLE generation_params (session TEXT PRIMARY KEY, params TEXT NOT NULL, updated_at INTEGER NOT NULL);

CREATE TABLE model_download (
  repo TEXT NOT NULL,
  variant TEXT NOT NULL,
  revision TEXT NOT NULL,
  format TEXT NOT NULL,
  files TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  problem TEXT,
  job TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (repo, variant)
);
CREATE TABLE hub_token (secret TEXT PRIMARY KEY);

-- Responses that clients go on from, by the one who asked for them.
CREATE TABLE response (
  id TEXT PRIMARY KEY,
  principal TEXT NOT NULL,
  previous_id TEXT,
  input TEXT NOT NULL,
  response TEXT NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX response_created ON response (created_at);

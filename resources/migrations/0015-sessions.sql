-- Conversations: the messages of a session are a tree, of which the branch that ends at leaf_id is shown.
CREATE TABLE session (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  title_key TEXT NOT NULL,
  model TEXT,
  tags TEXT NOT NULL,
  system_prompt TEXT NOT NULL,
  tools TEXT NOT NULL,
  response_schema TEXT,
  anonymous INTEGER NOT NULL,
  leaf_id TEXT,
  message_count INTEGER NOT NULL,
  last_message_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  version INTEGER NOT NULL
);
CREATE INDEX session_by_last_message ON session (last_message_at, id);

CREATE TABLE message (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  session_id TEXT NOT NULL,
  parent_id TEXT,
  digest TEXT NOT NULL,
  role TEXT NOT NULL,
  content TEXT NOT NULL,
  reasoning TEXT NOT NULL,
  name TEXT,
  model TEXT,
  tool_calls TEXT,
  tool_call_id TEXT,
  status TEXT NOT NULL,
  finish_reason TEXT,
  error TEXT,
  usage TEXT,
  timings TEXT,
  created_at INTEGER NOT NULL
);
CREATE INDEX message_by_session ON message (session_id, seq);
CREATE INDEX message_writing ON message (status) WHERE status = 'writing';

CREATE VIRTUAL TABLE message_text USING fts5(content, content='message', content_rowid='seq', tokenize='unicode61 remove_diacritics 2');
CREATE TRIGGER message_text_insert AFTER INSERT ON message BEGIN
  INSERT INTO message_text (rowid, content) VALUES (new.seq, new.content);
END;
CREATE TRIGGER message_text_delete AFTER DELETE ON message BEGIN
  INSERT INTO message_text (message_text, rowid, content) VALUES ('delete', old.seq, old.content);
END;
CREATE TRIGGER message_text_update AFTER UPDATE OF content ON message BEGIN
  INSERT INTO message_text (message_text, rowid, content) VALUES ('delete', old.seq, old.content);
  INSERT INTO message_text (rowid, content) VALUES (new.seq, new.content);
END;

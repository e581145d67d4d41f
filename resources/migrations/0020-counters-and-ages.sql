-- What starts and ends of tasks write: an index by end was written once more in the life of each, and is read only to find what is old.
DROP INDEX task_finished;
-- The rowid, which is seq, stands at the end of every index.
DROP INDEX event_by_entity;
CREATE INDEX event_by_entity ON event (entity_id);

-- Counters have a row for every state of a kind from its first task on: changing a row costs a third of writing one that may be there.
DROP TRIGGER task_count_insert;
DROP TRIGGER task_count_update;
CREATE TABLE task_state (status TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO task_state (status) VALUES
  ('scheduled'), ('queued'), ('running'), ('waiting'), ('retrying'), ('succeeded'), ('failed'), ('cancelled'), ('timed_out'),
  ('interrupted'), ('dead');
INSERT OR IGNORE INTO task_count (status, kind, n)
  SELECT task_state.status, kinds.kind, 0 FROM task_state, (SELECT DISTINCT kind FROM task_count) AS kinds;
CREATE TRIGGER task_count_insert AFTER INSERT ON task BEGIN
  INSERT INTO task_count (status, kind, n) SELECT status, NEW.kind, 0 FROM task_state
    WHERE NOT EXISTS (SELECT 1 FROM task_count WHERE status = 'queued' AND kind = NEW.kind);
  UPDATE task_count SET n = n + 1 WHERE status = NEW.status AND kind = NEW.kind;
END;
CREATE TRIGGER task_count_update AFTER UPDATE OF status ON task WHEN OLD.status <> NEW.status BEGIN
  UPDATE task_count SET n = n - 1 WHERE status = OLD.status AND kind = OLD.kind;
  UPDATE task_count SET n = n + 1 WHERE status = NEW.status AND kind = NEW.kind;
END;

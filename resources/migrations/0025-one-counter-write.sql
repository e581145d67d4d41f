-- A task changes its state, not its kind: both counters are in reach of one statement, which costs less than two.
DROP TRIGGER task_count_update;
CREATE TRIGGER task_count_update AFTER UPDATE OF status ON task WHEN OLD.status <> NEW.status BEGIN
  UPDATE task_count SET n = n + iif(status = NEW.status, 1, -1) WHERE status IN (OLD.status, NEW.status) AND kind = NEW.kind;
END;

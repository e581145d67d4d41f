-- Every change of a task wrote its whole id into this index, and its leaves were split as often. The time in the id (ULID: ten characters) and
-- its end tell tasks apart nearly as well, also those of one batch, and keep tasks of one time together.
DROP INDEX event_by_entity;
CREATE INDEX event_by_task ON event (substr(entity_id, 5, 10) || substr(entity_id, -2)) WHERE entity = 'task';

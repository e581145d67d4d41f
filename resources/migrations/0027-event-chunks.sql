-- An index by entity was a tenth of what a task costs, and is read only by who follows one task: chunks of changes tell which
-- entities they hold. What is there already is put into chunks by the changes that follow.
DROP INDEX event_by_entity;
CREATE TABLE event_chunk (
  last_seq INTEGER PRIMARY KEY,
  first_seq INTEGER NOT NULL,
  -- Hashes of the entity ids, ascending, 32 bits each, little-endian.
  hashes BLOB NOT NULL
);

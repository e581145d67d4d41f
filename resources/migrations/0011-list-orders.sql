-- Names are ordered naturally ("profile 2" before "profile 10") by a key that the host makes of them; see naturalKey.
ALTER TABLE profile ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE profile SET name_key = natural_key(name);
DROP INDEX profile_by_name;
CREATE INDEX profile_by_name ON profile (name_key, id) WHERE deleted_at IS NULL;

ALTER TABLE command ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE command SET name_key = natural_key(name);
DROP INDEX command_by_name;
CREATE INDEX command_by_name ON command (name_key, id) WHERE deleted_at IS NULL;

ALTER TABLE api_key ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE api_key SET name_key = natural_key(name);

ALTER TABLE task ADD COLUMN command_key TEXT NOT NULL DEFAULT '';
ALTER TABLE task ADD COLUMN profile_key TEXT;
UPDATE task SET command_key = natural_key(command_name),
  profile_key = natural_key(iif(json_valid(profile), json_extract(profile, '$.name'), NULL));
-- The panel's list of tasks: those that have a slot first, then the newest.
CREATE INDEX task_by_running ON task (status IN ('running', 'waiting') DESC, created_at DESC, id DESC);

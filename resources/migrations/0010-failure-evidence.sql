-- What surrounds a failure (source lines, call log, console, failed requests, response), as JSON; null where nothing failed.
ALTER TABLE attempt ADD COLUMN evidence TEXT;
ALTER TABLE step ADD COLUMN evidence TEXT;

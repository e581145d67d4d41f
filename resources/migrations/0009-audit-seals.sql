-- HMAC of `hash` under a key of the key store: who can write the database cannot make one. Lines up to the epoch were written before
-- there were seals; the first line after them covers them, because its hash does.
ALTER TABLE audit ADD COLUMN seal BLOB;
INSERT INTO meta (key, value) SELECT 'audit_epoch', coalesce(max(seq), 0) FROM audit;

-- When the exit address of a proxy was last changed, and which proxies have the same one.
ALTER TABLE proxy ADD COLUMN rotated_at INTEGER;
CREATE INDEX proxy_by_exit ON proxy (exit_ip) WHERE deleted_at IS NULL AND exit_ip IS NOT NULL;

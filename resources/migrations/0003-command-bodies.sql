-- Members of the bodies of versions have the names of the columns.
UPDATE command_version SET body = json_remove(
  json_set(
    body,
    '$.input_schema', body -> '$.inputSchema',
    '$.timeout_seconds', body -> '$.timeoutSeconds',
    '$.concurrency_key', body -> '$.concurrencyKey',
    '$.created_at', body -> '$.createdAt',
    '$.updated_at', body -> '$.updatedAt',
    '$.deleted_at', body -> '$.deletedAt'
  ),
  '$.inputSchema', '$.timeoutSeconds', '$.concurrencyKey', '$.createdAt', '$.updatedAt', '$.deletedAt'
);

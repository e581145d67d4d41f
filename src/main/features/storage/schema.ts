/** Tables of uploads and backups. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Backup } from '../../../contract/host/jobs.ts';
import type { BackupId, UploadId } from '../../../contract/kernel/scalars.ts';

/** An uploaded file; `bytes` is null until it is complete. */
export const upload = sqliteTable('upload', {
  id: text('id').$type<UploadId>().primaryKey(),
  name: text('name').notNull(),
  mime: text('mime').notNull(),
  bytes: integer('bytes'),
  sha256: text('sha256'),
  principal: text('principal').notNull(),
  created_at: integer('created_at').notNull(),
  expires_at: integer('expires_at').notNull(),
});

/** A copy of the database under `<data>/backups`. */
export const backup = sqliteTable('backup', {
  id: text('id').$type<BackupId>().primaryKey(),
  kind: text('kind').$type<Backup['kind']>().notNull(),
  file: text('file').notNull(),
  bytes: integer('bytes').notNull(),
  sha256: text('sha256').notNull(),
  created_at: integer('created_at').notNull(),
});

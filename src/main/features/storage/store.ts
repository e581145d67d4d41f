/** The only SQL of uploads and backups. */
import { count, eq, isNull, lt, sql } from 'drizzle-orm';
import { backupRecord } from '../../../contract/host/jobs.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import type { BackupId, UploadId } from '../../../contract/kernel/scalars.ts';
import { type Db, type ListInput, listPage } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import { backup, upload } from './schema.ts';

/** One row of the uploads. */
export type UploadRow = typeof upload.$inferSelect;
/** One row of the backups. */
export type BackupRow = typeof backup.$inferSelect;

/** What a list of backups is asked for. */
export type BackupListInput = ListInput<typeof backupRecord.filters>;

/** Creates the store. */
export function createStorageStore(db: Db, events: Events) {
  const { orm } = db;
  return {
    insertUpload: (row: UploadRow): void => void orm.insert(upload).values(row).run(),
    completeUpload: (id: UploadId, facts: { bytes: number; sha256: string }): void =>
      void orm.update(upload).set(facts).where(eq(upload.id, id)).run(),
    upload: (id: UploadId): UploadRow | undefined => orm.select().from(upload).where(eq(upload.id, id)).get(),
    /** What a caller has announced and not used yet, in number and bytes. */
    uploadsOf: (principal: string): { count: number; bytes: number } =>
      orm
        .select({ count: count(), bytes: sql<number>`coalesce(sum(${upload.bytes}), 0)` })
        .from(upload)
        .where(eq(upload.principal, principal))
        .get() ?? { count: 0, bytes: 0 },
    removeUpload: (id: UploadId): void => void orm.delete(upload).where(eq(upload.id, id)).run(),
    /** Removes announcements whose bytes have not come. */
    removeAnnounced: (): void => void orm.delete(upload).where(isNull(upload.bytes)).run(),
    expiredUploads: (now: number): UploadId[] =>
      orm
        .select({ id: upload.id })
        .from(upload)
        .where(lt(upload.expires_at, now))
        .all()
        .map((row) => row.id),
    insertBackup(row: BackupRow): void {
      db.transaction(() => {
        orm.insert(backup).values(row).run();
        events.append({ type: 'backup.created', entity: 'backup', id: row.id });
      });
    },
    backup: (id: BackupId): BackupRow | undefined => orm.select().from(backup).where(eq(backup.id, id)).get(),
    backups: (query: BackupListInput): Page<BackupRow> =>
      listPage(db, query, {
        table: backup,
        sortable: { created_at: backup.created_at, bytes: backup.bytes },
        id: backup.id,
        record: backupRecord,
        sources: { kind: backup.kind },
      }),
  };
}
export type StorageStore = ReturnType<typeof createStorageStore>;

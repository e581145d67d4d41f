/** Backups: copies of the database made in a worker thread. */
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Backup } from '../../../contract/host/jobs.ts';
import { type Clock, iso } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import { runThread } from '../../core/process/thread.ts';
import type { BackupListInput, BackupRow, StorageStore } from './store.ts';

const Copied = z.object({ bytes: z.int(), sha256: z.string() });

const view = (row: BackupRow): Backup => ({
  id: row.id,
  kind: row.kind,
  bytes: row.bytes,
  sha256: row.sha256,
  created_at: iso(row.createdAt),
});

/** Creates the service. `thread` is the path of the built `backup.thread`. */
export function createBackups(deps: {
  store: StorageStore;
  clock: Clock;
  dbPath: string;
  dir: string;
  thread: string;
}) {
  const { store, clock, dbPath, dir, thread } = deps;

  return {
    list(query: BackupListInput) {
      const page = store.backups(query);
      return { ...page, items: page.items.map(view) };
    },
    /** Copies the database now. @throws AppError `cancelled` */
    async create(kind: Backup['kind'], signal: AbortSignal): Promise<Backup> {
      await fs.promises.mkdir(dir, { recursive: true, mode: 0o700 });
      const id = newId('backup');
      const file = `${id}.db`;
      const target = path.join(dir, file);
      const { bytes, sha256 } = await runThread(thread, { source: dbPath, target }, Copied, signal).catch(
        async (error) => {
          await fs.promises.rm(target, { force: true });
          throw error;
        },
      );
      const row: BackupRow = { id, kind, file, bytes, sha256, createdAt: clock.now() };
      store.insertBackup(row);
      return view(row);
    },
  };
}

/** Backups: copies of the database made in a worker thread. */
import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { AppError } from '../../../contract/errors.ts';
import type { Backup } from '../../../contract/jobs.ts';
import type { BackupId } from '../../../contract/scalars.ts';
import { type Clock, iso } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import type { BackupRow, StorageStore } from './store.ts';

const Result = z.object({ bytes: z.int(), sha256: z.string() });

const view = (row: BackupRow): Backup => ({
  id: row.id,
  kind: row.kind,
  bytes: row.bytes,
  sha256: row.sha256,
  created_at: iso(row.createdAt),
});

/** Runs the copy; abort ends the thread and removes what it wrote. */
async function copyInThread(
  thread: string,
  source: string,
  target: string,
  signal: AbortSignal,
): Promise<z.infer<typeof Result>> {
  const worker = new Worker(thread, { workerData: { source, target } });
  const stop = () => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', (message) => resolve(Result.parse(message)));
      worker.once('error', reject);
      worker.once('exit', () =>
        reject(signal.aborted ? new AppError('cancelled') : new Error('the backup thread ended early')),
      );
    });
  } catch (error) {
    await fs.promises.rm(target, { force: true });
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

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
    list(query: Parameters<StorageStore['backups']>[0]) {
      const page = store.backups(query);
      return { ...page, items: page.items.map(view) };
    },
    /** Copies the database now. @throws AppError `cancelled` */
    async create(kind: Backup['kind'], signal: AbortSignal): Promise<Backup> {
      await fs.promises.mkdir(dir, { recursive: true, mode: 0o700 });
      const id = newId('backup') as BackupId;
      const file = `${id}.db`;
      const { bytes, sha256 } = await copyInThread(thread, dbPath, path.join(dir, file), signal);
      const row: BackupRow = { id, kind, file, bytes, sha256, createdAt: clock.now() };
      store.insertBackup(row);
      return view(row);
    },
  };
}

/** Backups: copies of the database made in a worker thread, as jobs. */
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { Backup } from '../../../contract/host/jobs.ts';
import { BackupId } from '../../../contract/kernel/scalars.ts';
import { type Clock, iso } from '../../core/clock.ts';
import { type Db, recordsOf, requireOwnedDatabase } from '../../core/db/index.ts';
import { makeOwnedFolder } from '../../core/disk/owned-files.ts';
import { removeOwned } from '../../core/disk/owned-trees.ts';
import { newId, randomToken } from '../../core/ids.ts';
import { wireMembers } from '../../core/operation/values.ts';
import { runThread } from '../../core/process/thread.ts';
import type { JobKind } from '../jobs/index.ts';
import type { BackupListInput, BackupRow, StorageStore } from './store.ts';

/** What a job of the kind `backup` is asked for; jobs of earlier versions have no input. */
const BackupInput = z.strictObject({ kind: Backup.shape.kind.default('manual') });
type BackupInput = z.infer<typeof BackupInput>;

/** Its checkpoint: the copy goes under one id however often it is begun. */
const Begun = z.strictObject({ id: BackupId });

const Copied = z.object({ bytes: z.int(), sha256: z.string() });

const view = (row: BackupRow): Backup => ({ ...wireMembers(Backup, row), created_at: iso(row.created_at) });

/** How the name of a file ends that is still being written. */
export const PART = '.part';

/** Creates the service. `thread` is the path of the built `backup.thread`. */
export function createBackups(deps: {
  db: Db;
  store: StorageStore;
  clock: Clock;
  dbPath: string;
  dir: string;
  thread: string;
}) {
  const { db, store, clock, dbPath, dir, thread } = deps;

  async function copy(id: BackupId, kind: Backup['kind'], signal: AbortSignal): Promise<Backup> {
    requireOwnedDatabase(dbPath);
    makeOwnedFolder(path.dirname(dir), dir);
    const file = `${id}.db`;
    // SQLite would follow a link: it writes under a name that nobody knows.
    const target = path.join(dir, `${randomToken(12)}${PART}`);
    const remove = () => removeOwned(path.dirname(dir), target);
    const { bytes, sha256 } = await runThread(thread, { source: dbPath, target }, Copied, signal).catch(
      async (error) => {
        await remove();
        throw error;
      },
    );
    await fs.promises.rename(target, path.join(dir, file));
    const row: BackupRow = { id, kind, file, bytes, sha256, created_at: clock.now() };
    store.insertBackup(row);
    return view(row);
  }

  const job: JobKind<BackupInput, z.infer<typeof Begun>> = {
    name: 'backup',
    input: BackupInput,
    checkpoint: Begun,
    resumable: true,
    async run({ input, checkpoint, save, signal }) {
      const id = checkpoint?.id ?? newId('backup');
      if (checkpoint === null) save({ id });
      // The host may have ended between the copy and the end of the job.
      const made = store.backup(id);
      return { ...(made ? view(made) : await copy(id, input.kind, signal)) };
    },
  };

  return {
    list(query: BackupListInput) {
      const page = store.backups(query);
      return { ...page, items: recordsOf(db, 'backup', Backup, page.items, view) };
    },
    job,
  };
}

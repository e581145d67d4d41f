/** Storage: uploads and backups. */
import path from 'node:path';
import { Backup } from '../../../contract/host/jobs.ts';
import type { JobId } from '../../../contract/kernel/scalars.ts';
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import { listOwnedSync, removeOwnedFile } from '../../core/disk/owned-trees.ts';
import type { Events } from '../../core/events.ts';
import type { Part } from '../../core/lifecycle.ts';
import type { Teller } from '../../core/log/event-log.ts';
import type { Chore } from '../../core/maintenance.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import type { Tickets } from '../../core/operation/tickets.ts';
import { threadModule } from '../../core/process/modules.ts';
import type { Platform } from '../../platform/platform.ts';
import type { JobService } from '../jobs/index.ts';
import { createBackups, PART } from './backups.ts';
import { createStorageStore } from './store.ts';
import { createUploads } from './uploads.ts';

/** Uploads as other features take them. */
export type Uploads = Pick<ReturnType<typeof createUploads>, 'require' | 'taken'>;

/** Ids of the operations that this feature answers. */
export type StorageOperationId = 'uploads_create' | 'backups_list' | 'backups_create';

export function createStorage(deps: {
  db: Db;
  events: Events;
  clock: Clock;
  jobs: JobService;
  tickets: Tickets;
  dataDir: string;
  platform: Pick<Platform, 'appRoot'>;
  baseUrl: () => string;
}) {
  const store = createStorageStore(deps.db, deps.events);
  const uploads = createUploads(store, deps.clock, path.join(deps.dataDir, 'uploads'));
  const backups = createBackups({
    db: deps.db,
    store,
    clock: deps.clock,
    dbPath: deps.db.path,
    dir: path.join(deps.dataDir, 'backups'),
    thread: threadModule(deps.platform.appRoot, 'storage', 'backup'),
  });
  const backupJobs = deps.jobs.register(backups.job);
  const handlers: Handlers<StorageOperationId> = {
    // Frame doors announce the file and get an address; the HTTP door streams the bytes of its own request.
    uploads_create: ({ name, mime, bytes }, { principal }) => {
      const { id } = uploads.begin({ name, mime, bytes, principal: principal.id });
      const { ticket } = deps.tickets.issue('uploads_create', id);
      return { upload_id: id, put_url: `${deps.baseUrl()}/v1/uploads/${id}?ticket=${ticket}` };
    },
    backups_list: (input) => backups.list(input),
    backups_create: async ({ wait }, { requestId }) => {
      const { job, result } = backupJobs.start({
        input: { kind: 'manual' },
        joinKey: 'backup',
        scope: 'admin',
        area: 'host',
        requestId,
      });
      if (!wait) return { job_id: job.id as JobId, request_id: requestId };
      return Backup.parse(await result());
    },
  };
  const chores: Chore[] = [{ name: 'removing unused uploads', run: uploads.prune }];
  const partsIn = (dir: string) => {
    try {
      const names = listOwnedSync(deps.dataDir, dir).map(({ name }) => name);
      return names.filter((name) => name.endsWith(PART));
    } catch {
      return []; // A link in the place of the folder: what writes there says so.
    }
  };
  // What a host that was killed was writing; this one has the data directory for itself.
  const removeParts = () => {
    for (const dir of [path.join(deps.dataDir, 'uploads'), path.join(deps.dataDir, 'backups')]) {
      for (const name of partsIn(dir)) removeOwnedFile(deps.dataDir, path.join(dir, name));
    }
  };
  // Neither the tickets nor the lengths of announcements outlive their host: the bytes can come no more, and their rows count for the caller.
  const start = () => {
    removeParts();
    store.removeAnnounced();
  };
  const parts: Part[] = [{ name: 'storage', start }];
  const backup: Teller = ({ type, id }) =>
    type === 'backup.created' ? { level: 'info', message: 'A backup was made', data: { backup_id: id } } : null;
  return { uploads, handlers, chores, parts, tellers: { backup } };
}

/** Jobs: background work that outlives the call that started it, and the host. */
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import type { StorageHealth } from '../../core/disk/storage-health.ts';
import type { Events } from '../../core/events.ts';
import type { Part } from '../../core/lifecycle.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Chore } from '../../core/maintenance.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import { createJobKinds } from './kind.ts';
import { createJobRunner } from './runner.ts';
import { createJobService } from './service.ts';
import { createJobStore } from './store.ts';

/** How long ended jobs are kept, ms. */
const KEPT_MS = 30 * 86_400_000;

export type { JobContext, JobKind } from './kind.ts';
export type { JobService, JobStarter } from './service.ts';

/** Ids of the operations that this feature answers. */
export type JobOperationId = 'jobs_list' | 'jobs_get' | 'jobs_cancel' | 'jobs_follow';

export function createJobs(deps: {
  db: Db;
  events: Events;
  clock: Clock;
  log: Logger;
  storage: Pick<StorageHealth, 'refusal' | 'report' | 'typed' | 'onChange'>;
  serving: boolean;
}) {
  const store = createJobStore(deps.db, deps.events);
  const kinds = createJobKinds();
  const runner = createJobRunner({ ...deps, store, kinds });
  const service = createJobService({ ...deps, store, kinds, runner });
  const handlers: Handlers<JobOperationId> = {
    jobs_list: (input, { principal }) => service.list(input, principal),
    jobs_get: ({ id }, { principal }) => service.get(id, principal),
    jobs_cancel: ({ id }, { principal }) => service.cancel(id, principal),
    jobs_follow: ({ id }, { principal, signal }) => service.follow(id, principal, signal),
  };
  const parts: Part[] = [
    // A host for one command leaves the jobs of the last one to the next that stays.
    { name: 'jobs', ...(deps.serving ? { start: runner.resume } : {}), stop: runner.stop },
  ];
  const chores: Chore[] = [{ name: 'removing old jobs', run: () => void store.prune(deps.clock.now() - KEPT_MS) }];
  return { service, handlers, parts, chores };
}

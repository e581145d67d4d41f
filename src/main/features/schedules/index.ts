/** Schedules: commands that run by themselves. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TaskId } from '../../../contract/kernel/scalars.ts';
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import type { Part } from '../../core/lifecycle.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Chore } from '../../core/maintenance.ts';
import { TRASH_MS } from '../../core/operation/versioned.ts';
import type { Secrets } from '../../core/secrets/secrets.ts';
import type { TaskFactory, TaskService } from '../tasks/index.ts';
import { scheduleBulk } from './bulk.ts';
import { createFire } from './fire.ts';
import { scheduleHandlers } from './routes.ts';
import { createScheduleService, type ScheduleServiceDeps } from './service.ts';
import { createScheduleStore } from './store.ts';
import { createScheduleTimer } from './timer.ts';
import { createListening } from './triggers/listen.ts';
import { createWebhooks } from './webhooks/webhooks.ts';

/** How long lines of the ledger are kept, ms. */
const LEDGER_MS = 90 * 86_400_000;

interface Deps extends Pick<ScheduleServiceDeps, 'commands' | 'profiles'> {
  db: Db;
  events: Events;
  secrets: Secrets;
  clock: Clock;
  log: Logger;
  /** Where the API is. */
  baseUrl(): string;
  tasks: { service: Pick<TaskService, 'createFor' | 'openOf' | 'cancel' | 'list'>; factory: TaskFactory };
}

/** Nothing fires before its part is started. */
export function createSchedules(deps: Deps) {
  const { db, events, clock, log } = deps;
  const { service: tasks, factory } = deps.tasks;
  const store = createScheduleStore(db, events);
  const webhooks = createWebhooks({ ...deps, store });
  const service = createScheduleService({ ...deps, store, tasks, webhooks });
  const fire = createFire({
    ...{ db, store, factory, clock, log },
    openOf: tasks.openOf,
    cancel: (id) => tasks.cancel(id, false),
  });
  const timer = createScheduleTimer({ store, clock, log, fire });
  const listening = createListening({
    ...{ db, store, events, clock, log },
    lookup: {
      task: (id) => tasks.list({ id: [id as TaskId], limit: 1, count: false }).items[0] ?? null,
      depthOf: store.depthOf,
    },
  });
  let unsubscribe: () => void = () => undefined;
  const parts: Part[] = [
    {
      name: 'schedules',
      start: async () => {
        unsubscribe = events.subscribe((changes) => {
          if (changes.some(({ entity }) => entity === 'schedule')) timer.wake();
        });
        listening.start();
        timer.start();
      },
      stop: async () => {
        unsubscribe();
        listening.stop();
        await timer.stop();
      },
      stopDeadlineMs: 5000,
    },
  ];
  const chores: Chore[] = [
    { name: 'emptying the trash of schedules', run: () => service.purge(clock.now() - TRASH_MS) },
    {
      name: 'deleting old lines of the ledger of schedules',
      run: () => void store.pruneTicks(clock.now() - LEDGER_MS),
    },
    {
      name: 'forgetting old deliveries of webhooks',
      async run(signal) {
        while (store.pruneDeliveries(clock.now() - LEDGER_MS) && !signal.aborted) await nextTurn();
      },
    },
  ];
  return {
    service,
    webhooks,
    handlers: scheduleHandlers(service, webhooks),
    bulk: scheduleBulk(service),
    parts,
    chores,
  };
}

/** Tasks: immutable snapshots that run, and the queue in front of them. */

import { isTerminal } from '../../../contract/automation/tasks.ts';
import { entryOf } from '../../core/disk/owned-trees.ts';
import type { Part } from '../../core/lifecycle.ts';
import type { Chore } from '../../core/maintenance.ts';
import { createTimeSlicer } from '../../core/scheduling/time-slicer.ts';
import { taskBulk } from './bulk.ts';
import type { TaskDeps } from './deps.ts';
import { createLogs } from './log/logs.ts';
import { createFeed } from './read/feed.ts';
import { announceQueue } from './read/queue-events.ts';
import { taskTellers } from './read/tellers.ts';
import { createViews } from './read/views.ts';
import { createRetention } from './retention.ts';
import { taskHandlers } from './routes.ts';
import { createQueue } from './run/queue.ts';
import { recover } from './run/recover.ts';
import { startAttempt } from './run/runner.ts';
import { createTaskService } from './service.ts';
import { createTaskStore } from './store/store.ts';
import { createTaskFactory } from './task-factory.ts';

export type { EngineRun, RunOnEngine, TaskDeps } from './deps.ts';
export type { TaskService } from './service.ts';
export type { PreparedBatch, TaskFactory, TaskOrigin, TaskRequest } from './task-factory.ts';

/** Nothing runs before {@link start}. */
export function createTasks(deps: TaskDeps) {
  const { db, events, clock, redactor, log } = deps;
  const store = createTaskStore(db, events, clock);
  const timeSlicer = createTimeSlicer();
  const isEnded = (id: string) => {
    const status = store.status(id);
    return status === null || isTerminal(status);
  };
  const logs = createLogs({
    dirOf: (id) => entryOf(deps.paths.tasks, id),
    isEnded,
    redactor,
    clock,
    timeSlicer,
    onDiskError: (taskId, error) => log.error('tasks', 'log lines could not be written', { task_id: taskId, error }),
  });
  const feed = createFeed({ events, store, clock, timeSlicer });
  const queue = createQueue(
    deps,
    store,
    (task, finish) => startAttempt(deps, store, logs, task, finish),
    (orphans) => recover(deps, store, logs, orphans),
  );
  const views = createViews(deps, store, queue);
  const factory = createTaskFactory(deps, store);
  const service = createTaskService({ deps, store, factory, queue, logs, feed, views });
  const retention = createRetention(deps, store, timeSlicer, service.forget);
  const cleanups: (() => void)[] = [];

  /** @returns how many attempts were cut off when the host last ended */
  async function start(): Promise<number> {
    cleanups.push(
      events.subscribe((changes) => {
        for (const change of changes) {
          if (change.type === 'task.ended' || change.type === 'task.deleted') logs.ended(change.id);
        }
      }),
      announceQueue(deps, store),
    );
    // The host that owned these attempts is gone: a data directory has one host at a time.
    const interrupted = await recover(deps, store, logs, store.orphans(deps.instanceId));
    if (interrupted > 0) log.warn('tasks', `${interrupted} attempts were cut off when the host last ended`);
    queue.start();
    return interrupted;
  }

  /** Stops claiming, then every run; resolves when no process of a task is left. */
  async function stop(): Promise<void> {
    await queue.stop();
    for (const cleanup of cleanups.splice(0)) cleanup();
    feed.dispose();
  }

  const parts: Part[] = [{ name: 'tasks', start: async () => void (await start()), stop, stopDeadlineMs: 20_000 }];
  const untold = new Set<string>();
  const chores: Chore[] = [{ name: 'deleting old tasks', run: async (signal) => void (await retention.run(signal)) }];
  return {
    service,
    /** Makes tasks for other features, inside their transactions. */
    factory,
    handlers: taskHandlers(service),
    bulk: taskBulk(service, log, untold),
    parts,
    chores,
    tellers: taskTellers(db, deps.settings, untold),
    start,
    stop,
    prune: () => retention.run(new AbortController().signal),
  };
}

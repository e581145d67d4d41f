/** Cancels tasks in whatever state they are. */
import { isTerminal, type Task } from '../../../../contract/automation/tasks.ts';
import type { TaskDeps } from '../deps.ts';
import type { TaskRow } from '../schema.ts';
import { requireTask } from '../store/require.ts';
import type { TaskStore } from '../store/store.ts';
import type { Queue } from './queue.ts';

/**
 * Cancels a task and resolves with its row when nothing of it is left running.
 * @param force kills at once instead of after the grace time
 * @throws AppError `invalid-state` when it has ended already, `not-found`
 */
export async function cancelTask(
  { settings }: Pick<TaskDeps, 'settings'>,
  store: TaskStore,
  queue: Pick<Queue, 'run'>,
  id: string,
  force: boolean,
): Promise<TaskRow> {
  for (let run = queue.run(id); run !== undefined; run = queue.run(id)) {
    store.requestCancel(id);
    run.stop('cancelled', force ? 0 : settings.get('executor.grace_seconds') * 1000);
    const end = await run.done;
    const row = requireTask(store, id);
    // An end that came first stands; a retry or a release that came first is cancelled below.
    if (end === 'fenced' || isTerminal(row.status as Task['status'])) return row;
  }
  const row = requireTask(store, id);
  // Live without a run here: its host is gone, and recovery ends it as cancelled.
  const orphaned = row.status === 'running' || row.status === 'waiting';
  if (!orphaned || !store.requestCancel(id)) store.cancelIdle(id);
  return requireTask(store, id);
}

import type { Tick } from '../../../contract/automation/schedule/schedules.ts';
import type { Task } from '../../../contract/automation/tasks.ts';

type Run = Pick<Task, 'id' | 'batch_id' | 'retry_of' | 'created_at'>;

/**
 * The tasks of a schedule that none of its times has made: one of each batch.
 * @param tasks newest first; of times that are not among `ticks` any more nothing is known
 */
export function byHand<T extends Run>(tasks: readonly T[], ticks: readonly Pick<Tick, 'at' | 'task_id'>[]): T[] {
  const timed = new Set<string | null>(ticks.map(({ task_id }) => task_id));
  const batches = new Set(tasks.filter(({ id }) => timed.has(id)).map(({ batch_id }) => batch_id));
  batches.delete(null);
  const oldest = Math.min(...ticks.map(({ at }) => Date.parse(at)));
  return tasks.filter(({ id, batch_id, retry_of, created_at }) => {
    const isKnown = ticks.length === 0 || Date.parse(created_at) >= oldest;
    if (!isKnown || retry_of !== null || timed.has(id) || batches.has(batch_id)) return false;
    if (batch_id !== null) batches.add(batch_id);
    return true;
  });
}

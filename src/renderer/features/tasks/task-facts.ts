/** What the panel says about tasks, without any drawing. */
import { isTerminal, type Task, type TaskStatus } from '../../../contract/automation/tasks.ts';

/** Groups of states behind the tabs of the list. */
export const STATUS_TABS = [
  { id: 'all', label: 'All', statuses: null },
  { id: 'active', label: 'Active', statuses: ['scheduled', 'queued', 'running', 'waiting', 'retrying'] },
  { id: 'succeeded', label: 'Succeeded', statuses: ['succeeded'] },
  { id: 'failed', label: 'Failed', statuses: ['failed', 'timed_out', 'interrupted', 'dead'] },
  { id: 'cancelled', label: 'Cancelled', statuses: ['cancelled'] },
] as const satisfies { id: string; label: string; statuses: readonly TaskStatus[] | null }[];

/** Id of a tab; `custom` when the filter is none of them. */
export type StatusTab = (typeof STATUS_TABS)[number]['id'] | 'custom';

/** True when a task ended in one of the states of the tab Failed. */
export function hasFailed({ status }: Pick<Task, 'status'>): boolean {
  const failed: readonly TaskStatus[] = STATUS_TABS[3].statuses;
  return failed.includes(status);
}

/** The tab that shows exactly these states. */
export function tabOf(statuses: readonly TaskStatus[] | undefined): StatusTab {
  if (statuses === undefined) return 'all';
  const key = [...statuses].sort().join();
  return STATUS_TABS.find((tab) => tab.statuses !== null && [...tab.statuses].sort().join() === key)?.id ?? 'custom';
}

const REASONS: Record<NonNullable<Task['wait_reason']>, string> = {
  scheduled: 'It is not due yet',
  retry_backoff: 'It waits before the next attempt',
  queue_paused: 'The queue is paused',
  queue_activity: 'The queue takes only more urgent tasks now',
  concurrency_limit: 'As many tasks as allowed are running',
  profile_busy: 'Another task or window uses its profile',
  concurrency_key: 'Another task with the same concurrency key is running',
};

/** Why a task has not started, as a sentence; `null` when it has. */
export function waitSentence(task: Pick<Task, 'wait_reason' | 'queue_position'>): string | null {
  if (task.wait_reason === null && task.queue_position === null) return null;
  const reason = task.wait_reason === null ? 'It starts next' : REASONS[task.wait_reason];
  return task.queue_position === null ? `${reason}.` : `${reason}. Position ${task.queue_position} in the queue.`;
}

/** Why a task cannot be cancelled, or `null`. */
export const cancelBlocked = (task: Pick<Task, 'status'>): string | null =>
  isTerminal(task.status) ? 'The task has ended' : null;

/** Why a task cannot be deleted, or `null`. */
export const deleteBlocked = (task: Pick<Task, 'status'>): string | null =>
  isTerminal(task.status) ? null : 'Cancel the task first';

/** Id of the task after or before `id` in a cached list; `null` when there is none or the list is not known. */
export function neighbourIn(list: unknown, id: string, by: 1 | -1): string | null {
  if (typeof list !== 'object' || list === null || !('pages' in list) || !Array.isArray(list.pages)) return null;
  const ids = list.pages.flatMap((page: { items: { id: string }[] }) => page.items.map((item) => item.id));
  const index = ids.indexOf(id);
  return index < 0 ? null : (ids[index + by] ?? null);
}

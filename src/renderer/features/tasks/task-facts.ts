/** What the panel says about tasks, without any drawing. */
import { isTerminal, type Task, type TaskStatus, WaitReason } from '../../../contract/automation/tasks.ts';
import { dateTime, words } from '../../lib/format.ts';

/** Groups of states behind the tabs of the list. */
export const STATUS_TABS = [
  { id: 'all', label: 'All', statuses: null },
  { id: 'active', label: 'Active', statuses: ['scheduled', 'queued', 'running', 'waiting', 'retrying'] },
  { id: 'succeeded', label: 'Succeeded', statuses: ['succeeded'] },
  { id: 'failed', label: 'Failed', statuses: ['failed', 'timed_out', 'interrupted', 'dead'] },
  { id: 'cancelled', label: 'Cancelled', statuses: ['cancelled'] },
] as const satisfies { id: string; label: string; statuses: readonly TaskStatus[] | null }[];

/** States of the tab Active, as the address of the list has them. */
export const ACTIVE = STATUS_TABS[1].statuses.join();

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
  scheduled: 'Scheduled for later',
  retry_backoff: 'Waiting before the next attempt',
  queue_paused: 'The queue is paused',
  queue_activity: 'The queue’s activity admits only higher priorities now',
  concurrency_limit: 'All slots are busy',
  profile_busy: 'Its profile is in use',
  concurrency_key: 'Another task with the same concurrency key is running',
};

/** Why a task has not started, as a sentence; `null` when it has. @param slots how many tasks may run at once, if known */
export function waitSentence(
  task: Pick<Task, 'wait_reason' | 'queue_position' | 'run_at'>,
  slots?: number,
): string | null {
  if (task.wait_reason === null && task.queue_position === null) return null;
  const isTimed = task.wait_reason === 'scheduled' && task.run_at !== null;
  const due = isTimed ? `Scheduled for ${dateTime(task.run_at)}` : null;
  const reason = due ?? (task.wait_reason === null ? 'Starts next' : reasonText(task.wait_reason, slots));
  return task.queue_position === null ? reason : `${reason}. Position ${task.queue_position} in queue`;
}

function reasonText(reason: NonNullable<Task['wait_reason']>, slots: number | undefined): string {
  if (reason !== 'concurrency_limit' || slots === undefined) return REASONS[reason];
  return slots === 1 ? 'The only slot is busy' : `All ${slots} slots are busy`;
}

/** Why nothing starts, for a reason that the queue names. */
export function blockedSentence(reason: string, slots: number): string {
  const known = WaitReason.safeParse(reason);
  return known.success ? reasonText(known.data, slots) : words(reason);
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

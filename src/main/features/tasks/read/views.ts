/** Tasks as answers have them: with their place in the queue and what they wait for. */

import type { Queue as QueueState } from '../../../../contract/automation/queue.ts';
import { Attempt, type Priority, Step, Task, TaskDetail } from '../../../../contract/automation/tasks.ts';
import type { JsonObject, ProfileId } from '../../../../contract/kernel/scalars.ts';
import { parseStored, recordOf, recordsOf } from '../../../core/db/index.ts';
import type { TaskDeps } from '../deps.ts';
import { type Activity, laneOf, slowestLane } from '../model/lanes.ts';
import { toAttempt, toStep, toTask, type Waiting } from '../model/mapping.ts';
import type { Queue } from '../run/queue.ts';
import type { TaskRow } from '../schema.ts';
import type { TaskStore } from '../store/store.ts';

/** See {@link createViews}. */
export interface Views {
  task(row: TaskRow): Task;
  tasks(rows: readonly TaskRow[]): Task[];
  detail(row: TaskRow): TaskDetail;
  queue(): QueueState;
}

const NOT_WAITING: Waiting = { queue_position: null, wait_reason: null };

/** Creates the views. */
export function createViews(deps: TaskDeps, store: TaskStore, queue: Pick<Queue, 'activity'>): Views {
  /** Says of each row why it is not running, from one look at the queue. */
  function waiting(rows: readonly TaskRow[]): (row: TaskRow) => Waiting {
    const queued = rows.filter((row) => row.status === 'queued');
    if (queued.length === 0) return simple;
    const positions = store.positions(queued);
    const held = store.held();
    const busy = deps.profiles.busy();
    const counts = store.counts();
    const full = counts.running + counts.waiting >= deps.settings.get('executor.max_running');
    const paused = deps.settings.get('executor.paused');
    const slowest = slowestLane(queue.activity());

    const reason = (row: TaskRow): Waiting['wait_reason'] => {
      if (paused) return 'queue_paused';
      if (row.priority > slowest) return 'queue_activity';
      const { profile_id, concurrency_key } = row;
      if (profile_id !== null && (held.profiles.has(profile_id) || busy.has(profile_id as ProfileId)))
        return 'profile_busy';
      if (concurrency_key !== null && held.keys.has(concurrency_key)) return 'concurrency_key';
      return full ? 'concurrency_limit' : null;
    };
    return (row) =>
      row.status === 'queued'
        ? { queue_position: positions.get(row.id) ?? null, wait_reason: reason(row) }
        : simple(row);
  }

  function simple(row: TaskRow): Waiting {
    if (row.status === 'scheduled') return { queue_position: null, wait_reason: 'scheduled' };
    if (row.status === 'retrying') return { queue_position: null, wait_reason: 'retry_backoff' };
    return NOT_WAITING;
  }

  function tasks(rows: readonly TaskRow[]): Task[] {
    const of = waiting(rows);
    return recordsOf(deps.db, 'task', Task, rows, (row) => toTask(row, of(row)));
  }

  const task = (row: TaskRow) => recordOf(Task, () => toTask(row, waiting([row])(row)));

  return {
    tasks,
    task,
    detail: (row) =>
      recordOf(TaskDetail, () => ({
        ...task(row),
        attempts: recordsOf(deps.db, `attempt of ${row.id}`, Attempt, store.attempts(row.id), toAttempt),
        steps: recordsOf(deps.db, `step of ${row.id}`, Step, store.steps(row.id), toStep),
        spec: parseStored<JsonObject>(row.spec),
      })),
    queue: () => queueState(deps, store, queue.activity()),
  };
}

/** The queue as a whole: how many wait and run, and why nothing starts. */
function queueState(deps: TaskDeps, store: TaskStore, activity: Activity): QueueState {
  const lanes = store.lanes();
  const counts = store.counts();
  const waiting = (priority: Priority) => lanes.find((lane) => lane.priority === laneOf(priority))?.n ?? 0;
  const running = counts.running + counts.waiting;
  const capacity = deps.settings.get('executor.max_running');
  const paused = deps.settings.get('executor.paused');
  const oldest = Math.min(...lanes.map((lane) => lane.oldest));
  const fastest = Math.min(...lanes.map((lane) => lane.priority));
  const blocked = () => {
    if (lanes.length === 0) return null;
    if (paused) return 'queue_paused';
    if (fastest > slowestLane(activity)) return 'queue_activity';
    return running >= capacity ? 'concurrency_limit' : null;
  };
  return {
    urgent: waiting('urgent'),
    normal: waiting('normal'),
    low: waiting('low'),
    batch: waiting('batch'),
    running,
    capacity,
    paused,
    activity,
    oldest_wait_seconds: lanes.length === 0 ? 0 : Math.max(0, (deps.clock.now() - oldest) / 1000),
    blocked_reason: blocked(),
    counts,
  };
}

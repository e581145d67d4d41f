/** What details, the queue's state and statistics read. */
import { PRIORITIES, TASK_STATUSES, type TaskStatus } from '../../../../contract/automation/tasks.ts';
import type { Db } from '../../../core/db/index.ts';
import type { HourCount } from '../model/hours.ts';
import { LIVE, TERMINAL } from '../model/transitions.ts';
import type { TaskRow } from '../schema.ts';

/** What live tasks hold. */
export interface Held {
  profiles: Set<string>;
  keys: Set<string>;
}

/** One lane of the queue. */
export interface Lane {
  priority: number;
  n: number;
  /** Due time of the task that waits longest, unix ms. */
  oldest: number;
}

/** See {@link createViewStore}. */
export interface ViewStore {
  get(id: string): TaskRow | null;
  status(id: string): TaskStatus | null;
  /** Tasks by state, from the counter table. */
  counts(): Record<TaskStatus, number>;
  countsByKind(): { status: TaskStatus; kind: string; count: number }[];
  lanes(): Lane[];
  held(): Held;
  /** Place in the queue, from 1, of each of these queued tasks. */
  positions(rows: readonly Pick<TaskRow, 'id' | 'rank'>[]): Map<string, number>;
  /** The newest task with this error that was created at `since` (unix ms) or later; null when there is none any more. */
  lastFailed(code: string, since: number): string | null;
  /** Tasks of a schedule that have not ended, oldest first. */
  openOf(scheduleId: string): string[];
  /** Counters of the hours from `hour` (hours since 1970) on. */
  hours(hour: number): HourCount[];
}

/** Prepares the statements. */
export function createViewStore(db: Db): ViewStore {
  const raw = db.raw;
  const get = raw.prepare<[string], TaskRow>('SELECT * FROM task WHERE id = ?');
  const status = raw.prepare<[string], { status: TaskStatus }>('SELECT status FROM task WHERE id = ?');
  const counts = raw.prepare<[], { status: TaskStatus; n: number }>(
    'SELECT status, sum(n) AS n FROM task_count GROUP BY status',
  );
  const countsByKind = raw.prepare<[], { status: TaskStatus; kind: string; count: number }>(
    'SELECT status, kind, n AS count FROM task_count',
  );
  const lanes = raw.prepare<[], Lane>(
    `SELECT priority, count(*) AS n, min(due_at) AS oldest FROM task INDEXED BY task_queue
     WHERE status = 'queued' GROUP BY priority`,
  );
  const held = raw.prepare<[], { profile_id: string | null; concurrency_key: string | null }>(
    `SELECT profile_id, concurrency_key FROM task WHERE status IN (${LIVE})`,
  );
  const between = raw.prepare<[Record<string, unknown>], { n: number }>(
    `SELECT count(*) AS n FROM task INDEXED BY task_queue
     WHERE status = 'queued' AND (rank, id) > (@rank, @id) AND (rank, id) <= (@toRank, @toId)`,
  );
  const lastFailed = raw.prepare<[string, number], { id: string }>(
    'SELECT id FROM task WHERE error_code = ? AND created_at >= ? ORDER BY created_at DESC LIMIT 1',
  );
  const openOf = raw
    .prepare<[string], string>(
      `SELECT id FROM task WHERE schedule_id = ? AND status NOT IN (${TERMINAL}) ORDER BY created_at, id`,
    )
    .pluck() as unknown as { all(id: string): string[] };
  const hours = raw.prepare<[number], HourCount>('SELECT hour, key, n, last_task_id FROM task_hour WHERE hour >= ?');

  function readCounts(): Record<TaskStatus, number> {
    const all = Object.fromEntries(TASK_STATUSES.map((name) => [name, 0])) as Record<TaskStatus, number>;
    for (const row of counts.all()) all[row.status] = row.n;
    return all;
  }

  return {
    get: (id) => get.get(id) ?? null,
    status: (id) => status.get(id)?.status ?? null,
    counts: readCounts,
    countsByKind: () => countsByKind.all(),
    lanes: () => lanes.all().filter((lane) => lane.priority < PRIORITIES.length),
    held() {
      const rows = held.all();
      const present = (value: string | null) => value !== null;
      return {
        profiles: new Set(rows.map((row) => row.profile_id).filter(present)),
        keys: new Set(rows.map((row) => row.concurrency_key).filter(present)),
      };
    },
    positions(rows) {
      // One pass over the queue however many are asked for: each count goes on from the one before.
      const sorted = [...rows].sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
      const positions = new Map<string, number>();
      let from = { rank: Number.MIN_SAFE_INTEGER, id: '' };
      let position = 0;
      for (const { rank, id } of sorted) {
        position += between.get({ ...from, toRank: rank, toId: id })?.n ?? 0;
        positions.set(id, position);
        from = { rank, id };
      }
      return positions;
    },
    lastFailed: (code, since) => lastFailed.get(code, since)?.id ?? null,
    openOf: (scheduleId) => openOf.all(scheduleId),
    hours: (hour) => hours.all(hour),
  };
}

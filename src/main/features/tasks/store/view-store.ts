/** What lists, details, the queue's state and statistics read. */
import { eq, gte, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import { PRIORITIES, type Priority, TASK_STATUSES, type TaskStatus } from '../../../../contract/automation/tasks.ts';
import type { Page } from '../../../../contract/kernel/paging.ts';
import { type Db, type ListQuery, listPage } from '../../../core/db/index.ts';
import type { HourCount } from '../model/hours.ts';
import { laneOf } from '../model/lanes.ts';
import { LIVE } from '../model/transitions.ts';
import { type TaskRow, task } from '../schema.ts';

/** Filters of a list; several values of one filter mean OR. Times are unix ms. */
export interface TaskFilter {
  q?: string | undefined;
  status?: readonly TaskStatus[] | undefined;
  kind?: string[] | undefined;
  command_id?: string[] | undefined;
  profile_id?: string[] | undefined;
  batch_id?: string[] | undefined;
  priority?: Priority[] | undefined;
  label?: string[] | undefined;
  error_code?: string[] | undefined;
  created_after?: number | undefined;
  created_before?: number | undefined;
}

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
  list(query: ListQuery, filter: TaskFilter): Page<TaskRow>;
  /** Tasks by state, from the counter table. */
  counts(): Record<TaskStatus, number>;
  countsByKind(): { status: TaskStatus; kind: string; count: number }[];
  lanes(): Lane[];
  held(): Held;
  /** Place in the queue, from 1, of each of these queued tasks. */
  positions(rows: readonly Pick<TaskRow, 'id' | 'rank'>[]): Map<string, number>;
  /** Counters of the hours from `hour` (hours since 1970) on. */
  hours(hour: number): HourCount[];
}

const oneOf = (column: Parameters<typeof inArray>[0], values: readonly (string | number)[] | undefined) =>
  values === undefined ? undefined : inArray(column, values as string[]);

function conditions(filter: TaskFilter): (SQL | undefined)[] {
  const { q, label } = filter;
  const pattern = q === undefined ? '' : `%${q.replace(/[\\%_]/g, '\\$&')}%`;
  return [
    oneOf(task.status, filter.status),
    oneOf(task.kind, filter.kind),
    oneOf(task.command_id, filter.command_id),
    oneOf(task.profile_id, filter.profile_id),
    oneOf(task.batch_id, filter.batch_id),
    oneOf(task.priority, filter.priority?.map(laneOf)),
    oneOf(task.error_code, filter.error_code),
    filter.created_after === undefined ? undefined : gte(task.created_at, filter.created_after),
    filter.created_before === undefined ? undefined : lt(task.created_at, filter.created_before),
    label === undefined
      ? undefined
      : or(...label.map((name) => sql`EXISTS (SELECT 1 FROM json_each(${task.labels}) WHERE value = ${name})`)),
    q === undefined || q === ''
      ? undefined
      : or(
          sql`${task.command_name} LIKE ${pattern} ESCAPE '\\'`,
          sql`${task.labels} LIKE ${pattern} ESCAPE '\\'`,
          eq(task.id, q),
        ),
  ];
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
  const hours = raw.prepare<[number], HourCount>('SELECT hour, key, n, last_task_id FROM task_hour WHERE hour >= ?');

  function readCounts(): Record<TaskStatus, number> {
    const all = Object.fromEntries(TASK_STATUSES.map((name) => [name, 0])) as Record<TaskStatus, number>;
    for (const row of counts.all()) all[row.status] = row.n;
    return all;
  }

  return {
    get: (id) => get.get(id) ?? null,
    status: (id) => status.get(id)?.status ?? null,
    list(query, filter) {
      const where = conditions(filter);
      const onlyStatus = where.slice(1).every((condition) => condition === undefined);
      const page = listPage<TaskRow>(
        db,
        { ...query, count: query.count && !onlyStatus },
        {
          table: task,
          id: task.id,
          sortable: {
            created_at: task.created_at,
            updated_at: task.updated_at,
            command_name: task.command_name,
            status: task.status,
            priority: task.priority,
            kind: task.kind,
          },
          where,
          filter,
          map: (row) => row as TaskRow,
        },
      );
      if (!query.count || !onlyStatus) return page;
      // Counting a million rows takes too long; the counter table has the answer.
      const all = readCounts();
      const wanted: readonly TaskStatus[] = filter.status ?? TASK_STATUSES;
      const total = [...new Set(wanted)].reduce((sum, name) => sum + all[name], 0);
      return { ...page, total };
    },
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
    hours: (hour) => hours.all(hour),
  };
}

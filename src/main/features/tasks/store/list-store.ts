/** Pages of tasks. */
import { and, inArray, not, or, type SQL, sql } from 'drizzle-orm';
import { SLOT_STATUSES, TASK_STATUSES, type TaskStatus, taskRecord } from '../../../../contract/automation/tasks.ts';
import type { FilterValues } from '../../../../contract/kernel/filters.ts';
import type { Page } from '../../../../contract/kernel/paging.ts';
import {
  type Db,
  filterValues,
  type ListInput,
  type ListSpec,
  listPage,
  matchingIds,
  textContains,
} from '../../../core/db/index.ts';
import { laneOf } from '../model/lanes.ts';
import { type TaskRow, task } from '../schema.ts';

/** The filters of a list of tasks. */
export type TaskFilter = FilterValues<typeof taskRecord.filters>;
/** What a list of tasks is asked for. */
export type TaskListInput = ListInput<typeof taskRecord.filters>;

const DURATION = sql`max(0, ${task.finished_at} - ${task.started_at})`;
const durationOf = (from: number | null, to: number | null) =>
  from === null || to === null ? null : Math.max(0, to - from);
const hasSlot = (status: unknown) => SLOT_STATUSES.some((each) => each === status);
const HAS_SLOT = sql`${task.status} IN (${sql.raw(SLOT_STATUSES.map((status) => `'${status}'`).join(', '))})`;

/** One of these states, in the words of the two partial indexes that hold the tasks by state. */
function inStates(statuses: unknown[]): SQL | undefined {
  const oneOf = (some: string[], condition: SQL) =>
    some.length === 0 ? undefined : and(inArray(task.status, some), condition);
  const { slot = [], none = [] } = Object.groupBy(statuses.map(String), (each) => (hasSlot(each) ? 'slot' : 'none'));
  return or(oneOf(slot, HAS_SLOT), oneOf(none, not(HAS_SLOT))) ?? sql`false`;
}

/** As it was when the task was made. A snapshot that is no JSON has no name. */
const PROFILE_NAME = sql`iif(json_valid(${task.profile}), ${task.profile} ->> '$.name', NULL)`;

const SPEC: ListSpec<typeof task, typeof taskRecord> = {
  table: task,
  id: task.id,
  sortable: {
    id: task.id,
    created_at: task.created_at,
    updated_at: task.updated_at,
    command_name: task.command_key,
    status: task.status,
    priority: task.priority,
    kind: task.kind,
    profile_name: task.profile_key,
    started_at: task.started_at,
    duration_ms: { expression: DURATION, of: ({ started_at, finished_at }) => durationOf(started_at, finished_at) },
    attempt: task.attempt,
    running: {
      expression: HAS_SLOT,
      of: ({ status }) => Number(hasSlot(status)),
      isCondition: true,
    },
  },
  record: taskRecord,
  sources: {
    command_name: task.command_name,
    labels: { column: task.labels, elements: true },
    profile_name: ([text]) => textContains(PROFILE_NAME, String(text)),
    status: inStates,
    kind: task.kind,
    command_id: task.command_id,
    profile_id: task.profile_id,
    batch_id: task.batch_id,
    schedule_id: task.schedule_id,
    priority: { column: task.priority, encode: laneOf },
    error_code: task.error_code,
    created_at: task.created_at,
  },
};

/**
 * One page of tasks.
 * @param counts tasks by state, from the counter table
 */
export function listTasks(db: Db, counts: () => Record<TaskStatus, number>, query: TaskListInput): Page<TaskRow> {
  const onlyStatus = Object.keys(filterValues(taskRecord.filters, query)).every((name) => name === 'status');
  const page = listPage(db, { ...query, count: query.count && !onlyStatus }, SPEC);
  if (!query.count || !onlyStatus) return page;
  // Counting a million rows takes too long; the counter table has the answer.
  const all = counts();
  const wanted = query.status === undefined ? TASK_STATUSES : [query.status].flat();
  const total = [...new Set(wanted)].reduce((sum, name) => sum + all[name], 0);
  return { ...page, total };
}

/** Ids of all tasks that match, oldest first. */
export const matchingTasks = (db: Db, filter: TaskFilter): string[] => matchingIds(db, filter, SPEC);

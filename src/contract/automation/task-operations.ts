/** Operations on tasks. */
import { z } from 'zod';
import { bulkOperation } from '../kernel/bulk.ts';
import { call, type InputScope, stream } from '../kernel/define.ts';
import { Deleted, listInput, page } from '../kernel/paging.ts';
import { BatchId, JsonObject, Seq, TaskId, Timestamp } from '../kernel/scalars.ts';
import { fileScope } from '../kernel/text/file-address.ts';
import { GapItem, LogLine, Task, TaskCreate, TaskDetail, TaskEvent, taskRecord } from './tasks.ts';

const common = { area: 'automation', tags: ['tasks'] } as const;
const one = z.strictObject({ id: TaskId });

/** What it takes to run a spec that is no command's, for the first time and again. */
export const INLINE_SPEC = { scope: 'manage', what: 'Running a spec of your own' } as const satisfies InputScope;

export const taskOperations = {
  tasks_create: call(TaskCreate, z.union([Task, z.object({ batch_id: BatchId, items: z.array(Task) })]), {
    ...common,
    row: 'B25',
    summary: 'Run a command, now or at a time, with one or many profiles',
    scope: 'run',
    scopeFor: ({ spec, command_id, input }) =>
      spec === undefined || command_id !== undefined ? fileScope(input) : INLINE_SPEC,
    idempotencyKey: true,
    http: { method: 'POST', path: '/v1/tasks', status: 201, location: '/v1/tasks/{id}' },
  }),
  tasks_list: call(listInput(taskRecord), page(Task), {
    ...common,
    row: 'B26',
    summary: 'List tasks',
    scope: 'read',
    http: { method: 'GET', path: '/v1/tasks' },
  }),
  tasks_get: call(one, TaskDetail, {
    ...common,
    row: 'B27',
    summary: 'One task with its attempts and steps',
    scope: 'read',
    http: { method: 'GET', path: '/v1/tasks/{id}' },
  }),
  tasks_delete: call(one, Deleted, {
    ...common,
    row: 'B27',
    summary: 'Delete a finished task with its log and artifacts permanently',
    scope: 'manage',
    http: { method: 'DELETE', path: '/v1/tasks/{id}' },
  }),
  tasks_cancel: call(z.strictObject({ id: TaskId, force: z.boolean().default(false) }), Task, {
    ...common,
    row: 'B28',
    summary: 'Cancel a task; its whole process tree ends',
    scope: 'run',
    http: { method: 'POST', path: '/v1/tasks/{id}/cancel' },
  }),
  tasks_retry: call(
    z.strictObject({ id: TaskId, input: JsonObject.optional(), as_then: z.boolean().default(false) }),
    Task,
    {
      ...common,
      row: 'B28',
      summary:
        'Run a task again as a new task: members of input replace those of the earlier run, null takes one away; as_then uses its snapshot unchanged',
      scope: 'run',
      scopeFor: ({ input }) => fileScope(input),
      idempotencyKey: true,
      http: { method: 'POST', path: '/v1/tasks/{id}/retry' },
    },
  ),
  tasks_bulk: bulkOperation(
    'tasks',
    taskRecord,
    { actions: ['cancel', 'retry', 'delete'], running: ['cancel', 'retry'] },
    { row: '-', tags: common.tags },
  ),
  tasks_logs: call(
    z.strictObject({
      id: TaskId,
      after_seq: Seq.optional(),
      before_seq: Seq.optional(),
      level: LogLine.shape.level.optional(),
      /** Literal text in the message or the data, in upper or lower case. */
      q: z.string().max(500).optional(),
      /** Also count the lines of the whole log that match. */
      count: z.boolean().default(false),
      limit: z.int().min(1).max(5000).default(1000),
    }),
    z.object({ items: z.array(LogLine), next_cursor: z.string().nullable(), total: z.int().nullable() }),
    {
      ...common,
      row: 'B30',
      summary: 'Log lines of a task, oldest first',
      scope: 'read',
      http: { method: 'GET', path: '/v1/tasks/{id}/logs' },
    },
  ),
  tasks_logs_follow: stream(z.strictObject({ id: TaskId, since: Seq.optional() }), z.union([LogLine, GapItem]), {
    ...common,
    row: 'B31',
    summary: 'Log lines of a task as they are written, until it ends',
    scope: 'read',
    history: true,
    http: { method: 'GET', path: '/v1/tasks/{id}/logs/stream' },
  }),
  tasks_follow: stream(z.strictObject({ id: TaskId, since: Seq.optional() }), z.union([TaskEvent, GapItem]), {
    ...common,
    row: 'B32',
    summary: 'Status, steps, progress and artifacts of a task as they happen, until it ends',
    scope: 'read',
    history: true,
    http: { method: 'GET', path: '/v1/tasks/{id}/events' },
  }),
  tasks_stats: call(
    z.strictObject({ hours: z.int().min(1).max(168).default(24) }),
    z.object({
      /** One bucket per hour, oldest first. */
      buckets: z.array(
        z.object({ at: Timestamp, succeeded: z.int(), failed: z.int(), p95_duration_ms: z.int().nullable() }),
      ),
      failed: z.int(),
      succeeded: z.int(),
      success_rate: z.number().nullable(),
      p95_duration_ms: z.int().nullable(),
      /** `count` includes tasks that were deleted since; `last_task_id` is the last that is left, null when none is. */
      failures: z.array(z.object({ code: z.string(), count: z.int(), last_task_id: TaskId.nullable() })),
    }),
    { ...common, row: '-', summary: 'Outcomes of recent tasks for the dashboard', scope: 'read', http: null },
  ),
};

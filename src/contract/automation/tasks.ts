/** Tasks: immutable snapshots that run, with attempts, steps, logs and artifacts. */
import { z } from 'zod';
import type { EntityRecord } from '../kernel/entity.ts';
import { Problem } from '../kernel/errors.ts';
import { before, contains, fixed, from, oneOf } from '../kernel/filters.ts';
import {
  AttemptId,
  BatchId,
  CommandId,
  entityFields,
  Json,
  JsonObject,
  ProfileId,
  ProxyId,
  ScheduleId,
  TaskId,
  Timestamp,
} from '../kernel/scalars.ts';
import { among, natural, number, ranked, text } from '../kernel/sorts.ts';
import { CommandKind, CommandSpecInput } from './commands.ts';
import type { LastTask } from './last-task.ts';
import { FailureEvidence } from './report/evidence.ts';

/** Every state of a task. */
export const TASK_STATUSES = [
  'scheduled',
  'queued',
  'running',
  'waiting',
  'retrying',
  'succeeded',
  'failed',
  'cancelled',
  'timed_out',
  'interrupted',
  'dead',
] as const;
export const TaskStatus = z.enum(TASK_STATUSES);
export type TaskStatus = z.infer<typeof TaskStatus>;

/** States that nothing leaves but a new task. */
export const TERMINAL_STATUSES = [
  'succeeded',
  'failed',
  'cancelled',
  'timed_out',
  'interrupted',
  'dead',
] as const satisfies TaskStatus[];

/** States in which a task has one of the slots. */
export const SLOT_STATUSES = ['running', 'waiting'] as const satisfies TaskStatus[];

/** True when nothing more will happen to a task in this state. */
export function isTerminal(status: TaskStatus): boolean {
  return (TERMINAL_STATUSES as readonly TaskStatus[]).includes(status);
}

/** Queue lanes, most urgent first. */
export const PRIORITIES = ['urgent', 'normal', 'low', 'batch'] as const;
export const Priority = z.enum(PRIORITIES);
export type Priority = z.infer<typeof Priority>;

/** Why a task has not started yet. */
export const WaitReason = z.enum([
  'scheduled',
  'retry_backoff',
  'queue_paused',
  'queue_activity',
  'concurrency_limit',
  'profile_busy',
  'concurrency_key',
]);
export type WaitReason = z.infer<typeof WaitReason>;

/** How far a running task says it is; `percent` is null when unknown. */
export const TaskProgress = z.object({
  percent: z.number().min(0).max(100).nullable(),
  message: z.string().nullable(),
});
export type TaskProgress = z.infer<typeof TaskProgress>;

export const Task = z.object({
  id: TaskId,
  command_id: CommandId.nullable(),
  command_version: z.int().nullable(),
  command_name: z.string(),
  kind: CommandKind,
  status: TaskStatus,
  priority: Priority,
  attempt: z.int(),
  max_attempts: z.int(),
  profile_id: ProfileId.nullable(),
  profile_name: z.string().nullable(),
  proxy_id: z.string().nullable(),
  batch_id: BatchId.nullable(),
  schedule_id: ScheduleId.nullable(),
  /** The task this one repeats. */
  retry_of: TaskId.nullable(),
  input: JsonObject,
  output: Json.nullable(),
  error: Problem.nullable(),
  progress: TaskProgress.nullable(),
  labels: z.array(z.string()),
  timeout_seconds: z.int(),
  queue_position: z.int().nullable(),
  wait_reason: WaitReason.nullable(),
  run_at: Timestamp.nullable(),
  started_at: Timestamp.nullable(),
  finished_at: Timestamp.nullable(),
  duration_ms: z.int().nullable(),
  ...entityFields,
});
export type Task = z.infer<typeof Task>;

/** How one attempt went. */
export const Attempt = z.object({
  number: z.int(),
  status: z.enum(['running', 'succeeded', 'failed', 'cancelled', 'timed_out', 'interrupted']),
  started_at: Timestamp,
  finished_at: Timestamp.nullable(),
  duration_ms: z.int().nullable(),
  error: Problem.nullable(),
  exit_code: z.int().nullable(),
  log_lines: z.int(),
  log_bytes: z.int(),
  /** Lines that were over the size limit of one attempt's log. */
  log_dropped: z.int(),
  /** What surrounds the failure; null when it did not fail or nothing was collected. */
  evidence: FailureEvidence.nullable(),
});
export type Attempt = z.infer<typeof Attempt>;

/** One named step of an attempt; `parent` is the seq of the step around it. */
export const Step = z.object({
  seq: z.int(),
  attempt: z.int(),
  parent: z.int().nullable(),
  name: z.string(),
  status: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  started_at: Timestamp,
  finished_at: Timestamp.nullable(),
  output: Json.nullable(),
  error: Problem.nullable(),
  /** What surrounds the failure, with the innermost step that failed. */
  evidence: FailureEvidence.nullable(),
});
export type Step = z.infer<typeof Step>;

/** A task with everything that hangs off it but its log and artifacts. */
export const TaskDetail = Task.extend({
  attempts: z.array(Attempt),
  steps: z.array(Step),
  /** The spec that runs, as the snapshot has it. */
  spec: JsonObject,
});
export type TaskDetail = z.infer<typeof TaskDetail>;

/** One line of a task's log; `seq` counts through all attempts. */
export const LogLine = z.object({
  seq: z.int(),
  at: Timestamp,
  level: z.enum(['debug', 'info', 'warn', 'error']),
  /** `script`, `stdout`, `stderr`, `console` (of the page), `host`. */
  source: z.string(),
  attempt: z.int(),
  step: z.int().nullable(),
  message: z.string(),
  data: Json.nullable(),
});
export type LogLine = z.infer<typeof LogLine>;

/** Marks lost lines or events of a reader that was too slow. */
export const GapItem = z.object({ type: z.literal('gap'), dropped: z.int(), next_since: z.int() });

/** One event in the life of a task. */
export const TaskEvent = z.object({
  seq: z.int(),
  type: z.enum(['status', 'step', 'progress', 'artifact', 'screenshot', 'end']),
  at: Timestamp,
  data: Json,
});
export type TaskEvent = z.infer<typeof TaskEvent>;

export const TaskCreate = z.strictObject({
  command_id: CommandId.optional(),
  /** Inline spec with its `kind`; needs scope manage. */
  spec: CommandSpecInput.optional(),
  /** Name shown for an inline spec. */
  name: z.string().trim().min(1).max(100).optional(),
  command_version: z.int().min(1).optional(),
  input: JsonObject.default({}),
  /** Schema of `input` for an inline spec; a command brings its own. */
  input_schema: JsonObject.optional(),
  profile_id: ProfileId.optional(),
  profile_ids: z.array(ProfileId).min(1).max(1000).optional(),
  /** Way out of the browser in place of the profile's own; a browser without a profile can have one too. */
  proxy_id: ProxyId.optional(),
  priority: Priority.default('normal'),
  run_at: Timestamp.optional(),
  timeout_seconds: z.int().min(1).max(604_800).optional(),
  max_attempts: z.int().min(1).max(101).optional(),
  labels: z.array(z.string().trim().min(1).max(100)).max(30).default([]),
  wait: z.boolean().default(false),
});
export type TaskCreate = z.infer<typeof TaskCreate>;

/** What a command and a profile show of their newest task, from a change of it. */
const LastTaskChange = z
  .object({ id: TaskId, at: Timestamp, data: z.object({ status: TaskStatus }) })
  .transform(({ id, at, data }): z.infer<typeof LastTask> => ({ id, status: data.status, at }));

export const taskRecord = {
  area: 'automation',
  id: TaskId,
  filters: {
    id: fixed(oneOf(TaskId)),
    q: fixed(contains('command_name', 'labels', 'profile_name')),
    status: oneOf(TaskStatus),
    kind: fixed(oneOf(CommandKind)),
    command_id: fixed(oneOf(CommandId)),
    profile_id: fixed(oneOf(ProfileId)),
    batch_id: fixed(oneOf(BatchId)),
    schedule_id: fixed(oneOf(ScheduleId)),
    priority: fixed(oneOf(Priority)),
    label: fixed(oneOf(z.string(), 'labels')),
    error_code: oneOf(z.string()),
    created_after: fixed(from('created_at')),
    created_before: fixed(before('created_at')),
  },
  sorts: {
    id: fixed(text),
    created_at: fixed(text),
    updated_at: text,
    command_name: fixed(natural),
    status: { ...text, within: 'created_at' },
    priority: fixed(ranked(PRIORITIES)),
    kind: fixed(text),
    profile_name: fixed(natural),
    started_at: text,
    duration_ms: number,
    attempt: number,
    /** Descending: tasks that have a slot before all others. */
    running: { ...among(SLOT_STATUSES), member: 'status' },
  },
  dependent: ({ status }) => status === 'queued',
  lists: ['tasks_list'],
  one: 'tasks_get',
  related: ['artifacts_list'],
  summaries: ['queue_stats', 'tasks_stats'],
  mirrors: [
    { of: 'command_id', member: 'last_task', ops: ['commands_list', 'commands_get'], schema: LastTaskChange },
    { of: 'profile_id', member: 'last_task', ops: ['profiles_list', 'profiles_get'], schema: LastTaskChange },
  ],
  events: {
    step: { stale: ['tasks_get'] },
    artifact: { stale: ['artifacts_list'] },
    traffic: { stale: ['tasks_traffic'] },
    progress: { patch: { member: 'progress', schema: TaskProgress, ops: ['tasks_list', 'tasks_get'] } },
  },
} as const satisfies EntityRecord;
/** Record of batches: tasks that were created together. */
export const batchRecord = { area: 'automation', id: BatchId } as const satisfies EntityRecord;
export const attemptRecord = { area: 'automation', id: AttemptId } as const satisfies EntityRecord;

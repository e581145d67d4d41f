/** What happened: the log, the changes, the audit. */
import { z } from 'zod';
import { GapItem } from '../automation/tasks.ts';
import { call, stream } from '../kernel/define.ts';
import type { EntityRecord } from '../kernel/entity.ts';
import { contains, fixed, is, oneOrMany } from '../kernel/filters.ts';
import { listInput, page } from '../kernel/paging.ts';
import { Json, Nothing, Seq, Timestamp } from '../kernel/scalars.ts';
import { number, text } from '../kernel/sorts.ts';

/** One entry of the host's log. `timestamp` is unix ms. */
export const LogEntry = z.object({
  id: z.int(),
  timestamp: z.int(),
  level: z.enum(['debug', 'log', 'info', 'warn', 'error']),
  source: z.string(),
  context: z.string(),
  message: z.string(),
  data: Json.nullable(),
});
export type LogEntry = z.infer<typeof LogEntry>;

const logFilters = {
  level: oneOrMany(LogEntry.shape.level).optional(),
  source: oneOrMany(z.string()).optional(),
  context: z.string().max(200).optional(),
  q: z.string().max(500).optional(),
  task_id: z.string().max(64).optional(),
};

/** One change of anything, straight from the event table. */
export const Change = z.object({
  seq: z.int(),
  type: z.string(),
  entity: z.string(),
  id: z.string(),
  version: z.int().nullable(),
  at: Timestamp,
  data: Json.nullable(),
});
export type Change = z.infer<typeof Change>;

/** One line of the tamper-evident audit: `hash` covers the line and the hash before it. */
export const AuditEntry = z.object({
  seq: z.int(),
  at: Timestamp,
  principal: z.string(),
  door: z.string(),
  op: z.string(),
  target: z.string().nullable(),
  outcome: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** What a check of the audit found. */
export const AuditVerdict = z.object({
  ok: z.boolean(),
  /** Lines that are as they were written. */
  entries: z.int(),
  /** First line that is not, or is missing. */
  broken_at: z.int().nullable(),
  /**
   * `edited`: a line does not fit the one before it. `rewritten`: the lines fit, but were not written by this program. `truncated`: lines
   * at the end are missing. `dropped`: the database did not keep a line that was written. `head_missing`, `head_forged`: the note of where the audit ended is gone or is not ours.
   */
  reason: z.enum(['edited', 'rewritten', 'truncated', 'dropped', 'head_missing', 'head_forged']).nullable(),
  /** False when the key could not be had, so that only edits can be found. */
  sealed: z.boolean(),
});
export type AuditVerdict = z.infer<typeof AuditVerdict>;

/** Record of the lines of the audit, which no event announces. */
export const auditRecord = {
  area: 'host',
  filters: {
    q: contains('op', 'principal', 'target', 'outcome'),
    op: is(z.string().max(256)),
    principal: is(z.string().max(256)),
  },
  sorts: { seq: fixed(number), at: fixed(text) },
  defaultSort: '-seq',
  lists: ['audit_list'],
} as const satisfies EntityRecord;

const host = { area: 'host' } as const;

export const telemetryOperations = {
  logs_query: call(
    z.strictObject({
      ...logFilters,
      since: z.int().optional(),
      until: z.int().optional(),
      cursor: z.string().optional(),
      limit: z.int().min(1).max(10_000).default(1000),
    }),
    z.object({ count: z.int(), logs: z.array(LogEntry), next_cursor: z.string().nullable() }),
    {
      ...host,
      row: 'B65',
      tags: ['logs'],
      summary: 'Log entries, newest first',
      scope: 'read',
      http: { method: 'GET', path: '/v1/logs' },
    },
  ),
  logs_stats: call(
    Nothing,
    z.object({
      total_logs: z.int(),
      by_level: z.record(z.string(), z.int()),
      by_source: z.record(z.string(), z.int()),
      by_context: z.record(z.string(), z.int()),
      oldest_timestamp: z.int().nullable(),
      newest_timestamp: z.int().nullable(),
      dropped: z.int(),
    }),
    {
      ...host,
      row: 'B65',
      tags: ['logs'],
      summary: 'Number of log entries by level and source',
      scope: 'read',
      http: { method: 'GET', path: '/v1/logs/stats' },
    },
  ),
  logs_follow: stream(
    z.strictObject({ ...logFilters, since: Seq.optional() }),
    z.union([LogEntry.extend({ seq: z.int() }), GapItem]),
    {
      ...host,
      row: 'B66',
      tags: ['logs'],
      summary: 'Log entries as they are written',
      scope: 'read',
      history: true,
      http: { method: 'GET', path: '/v1/logs/stream' },
    },
  ),
  logs_write: call(
    z.strictObject({
      entries: z
        .array(
          z.strictObject({
            level: LogEntry.shape.level.default('info'),
            source: z
              .enum(['host', 'extension', 'native', 'webrtc', 'http', 'models', 'tasks', 'storage', 'panel', 'plugin'])
              .default('extension'),
            context: z.string().max(200).default(''),
            message: z.string().min(1).max(65_536),
            timestamp: z.int().optional(),
            data: Json.nullable().default(null),
          }),
        )
        .min(1)
        .max(500),
    }),
    z.object({ stored: z.int() }),
    {
      row: 'B67',
      tags: ['logs'],
      summary: 'Add log entries from a client',
      scope: 'run',
      area: 'any',
      http: { method: 'POST', path: '/v1/logs' },
    },
  ),
  logs_clear: call(z.strictObject({ before: z.int().optional() }), z.object({ cleared: z.int() }), {
    ...host,
    row: 'B67',
    tags: ['logs'],
    summary: 'Delete log entries',
    scope: 'admin',
    http: { method: 'DELETE', path: '/v1/logs' },
  }),
  changes_follow: stream(
    z.strictObject({
      since: Seq.optional(),
      types: oneOrMany(z.string()).optional(),
      ids: oneOrMany(z.string()).optional(),
    }),
    z.union([Change, z.object({ type: z.literal('hello'), seq: z.int() }), GapItem]),
    {
      row: 'B68',
      tags: ['changes'],
      summary: 'Every change as it happens; types like task.* filter',
      scope: 'read',
      area: 'any',
      history: true,
      http: { method: 'GET', path: '/v1/events' },
    },
  ),
  changes_list: call(
    z.strictObject({ since: Seq, limit: z.int().min(1).max(1000).default(200) }),
    z.object({ items: z.array(Change), next_since: z.int(), has_more: z.boolean() }),
    {
      row: 'B69',
      tags: ['changes'],
      summary: 'Changes after a sequence number',
      scope: 'read',
      area: 'any',
      http: { method: 'GET', path: '/v1/changes' },
    },
  ),
  audit_list: call(listInput(auditRecord), page(AuditEntry), {
    ...host,
    row: 'B74',
    tags: ['audit'],
    summary: 'Audit log, newest first; hash-chained. Filters apply to the newest 50 000 lines',
    scope: 'admin',
    http: { method: 'GET', path: '/v1/audit' },
  }),
  audit_verify: call(Nothing, AuditVerdict, {
    ...host,
    row: '-',
    tags: ['audit'],
    summary: 'Verify the audit log: chain, seals and end',
    scope: 'admin',
    http: null,
  }),
};

/** Host operations: keys, connections, signing in, settings, logs, changes, jobs, uploads, backups, audit (B60–B75). */
import { z } from 'zod';
import { AREAS, call, SCOPES, stream } from './define.ts';
import { Problem } from './errors.ts';
import { PrincipalInfo } from './frames.ts';
import { Deleted, listFields, oneOrMany, page } from './paging.ts';
import {
  BackupId,
  ConnectionId,
  entityFields,
  JobId,
  Json,
  JsonObject,
  KeyId,
  Nothing,
  Seq,
  Timestamp,
  UploadId,
} from './scalars.ts';
import { GapItem } from './tasks.ts';

const Scope = z.enum(SCOPES);
const Area = z.enum(AREAS);

/** An API key without its secret (B60). */
export const ApiKey = z.object({
  id: KeyId,
  name: z.string(),
  /** First characters of the key, to recognise it by. */
  prefix: z.string(),
  scopes: z.array(Scope),
  areas: z.array(Area),
  rate_multiplier: z.number(),
  expires_at: Timestamp.nullable(),
  last_used_at: Timestamp.nullable(),
  ...entityFields,
});
export type ApiKey = z.infer<typeof ApiKey>;

const keyFields = {
  name: z.string().trim().min(1).max(100),
  scopes: z.array(Scope).min(1),
  areas: z.array(Area.exclude(['any'])).min(1),
  rate_multiplier: z.number().min(0.1).max(100),
  expires_at: Timestamp.nullable(),
};

/** A live or recent connection (B61). */
export const Connection = z.object({
  id: ConnectionId,
  kind: z.enum(['extension', 'native', 'websocket', 'webrtc', 'panel']),
  name: z.string(),
  origin: z.string().nullable(),
  scopes: z.array(Scope),
  areas: z.array(Area),
  live: z.boolean(),
  rtt_ms: z.number().nullable(),
  since: Timestamp,
  last_seen_at: Timestamp,
});
export type Connection = z.infer<typeof Connection>;

/** One entry of the host's log (B65). `timestamp` is unix ms. */
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

/** One change of anything (B68), straight from the event table. */
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

/** Background work (api.md §4.6). */
export const Job = z.object({
  id: JobId,
  kind: z.string(),
  status: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
  progress: z.object({
    percent: z.number().nullable(),
    done_bytes: z.int().nullable(),
    total_bytes: z.int().nullable(),
    bytes_per_second: z.number().nullable(),
    eta_seconds: z.number().nullable(),
    step: z.string().nullable(),
    message: z.string().nullable(),
  }),
  result: Json.nullable(),
  error: Problem.nullable(),
  request_id: z.string(),
  created_at: Timestamp,
  started_at: Timestamp.nullable(),
  finished_at: Timestamp.nullable(),
});
export type Job = z.infer<typeof Job>;

/** A copy of the database (B73). */
export const Backup = z.object({
  id: BackupId,
  kind: z.enum(['manual', 'auto', 'migration']),
  bytes: z.int(),
  sha256: z.string(),
  created_at: Timestamp,
});
export type Backup = z.infer<typeof Backup>;

/** One line of the tamper-evident audit (B74): `hash` covers the line and the hash before it. */
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

/** An upload that other operations refer to (B71). */
export const Upload = z.object({ upload_id: UploadId, bytes: z.int(), sha256: z.string(), expires_at: Timestamp });
export type Upload = z.infer<typeof Upload>;
/** Where a frame door's client puts the bytes. */
export const UploadTarget = z.object({ upload_id: UploadId, put_url: z.string() });

const host = { area: 'host' } as const;

/** Operations of area `host` and `any`. */
export const hostOperations = {
  keys_list: call(z.strictObject(listFields), page(ApiKey), {
    ...host,
    row: 'B60',
    tags: ['keys'],
    summary: 'List API keys',
    scope: 'admin',
    http: { method: 'GET', path: '/v1/keys' },
  }),
  keys_create: call(
    z.strictObject({
      name: keyFields.name,
      scopes: keyFields.scopes.default(['read', 'run']),
      areas: keyFields.areas.default(['models']),
      rate_multiplier: keyFields.rate_multiplier.default(1),
      expires_at: keyFields.expires_at.default(null),
    }),
    ApiKey.extend({ key: z.string() }),
    {
      ...host,
      row: 'B60',
      tags: ['keys'],
      summary: 'Make an API key; the key is shown only in this answer',
      scope: 'admin',
      // No idempotency key: a replay would have to store the secret.
      http: { method: 'POST', path: '/v1/keys', status: 201, location: '/v1/keys/{id}' },
    },
  ),
  keys_update: call(
    z.strictObject({
      id: KeyId,
      version: z.int().min(1).optional(),
      name: keyFields.name.optional(),
      scopes: keyFields.scopes.optional(),
      areas: keyFields.areas.optional(),
      rate_multiplier: keyFields.rate_multiplier.optional(),
      expires_at: keyFields.expires_at.optional(),
    }),
    ApiKey,
    {
      ...host,
      row: 'B60',
      tags: ['keys'],
      summary: 'Change an API key',
      scope: 'admin',
      http: { method: 'PATCH', path: '/v1/keys/{id}' },
    },
  ),
  keys_delete: call(z.strictObject({ id: KeyId }), Deleted, {
    ...host,
    row: 'B60',
    tags: ['keys'],
    summary: 'Revoke an API key at once and close its connections',
    scope: 'admin',
    http: { method: 'DELETE', path: '/v1/keys/{id}' },
  }),
  connections_list: call(z.strictObject({}), z.object({ items: z.array(Connection) }), {
    ...host,
    row: 'B61',
    tags: ['connections'],
    summary: 'Who is connected',
    scope: 'read',
    http: { method: 'GET', path: '/v1/connections' },
  }),
  connections_revoke: call(
    z.strictObject({ id: ConnectionId }),
    z.object({ id: z.string(), revoked: z.literal(true) }),
    {
      ...host,
      row: 'B61',
      tags: ['connections'],
      summary: 'Close a connection',
      scope: 'admin',
      http: { method: 'DELETE', path: '/v1/connections/{id}' },
    },
  ),
  auth_login: call(
    z.strictObject({ ticket: z.string().length(43) }),
    z.object({ ok: z.literal(true), principal: PrincipalInfo }),
    {
      row: 'B63',
      tags: ['auth'],
      summary: 'Trade a one-time panel link for a session cookie',
      scope: 'read',
      area: 'any',
      anonymous: true,
      tier: 'auth',
      http: { method: 'POST', path: '/v1/auth/login' },
    },
  ),
  auth_logout: call(Nothing, z.object({ ok: z.literal(true) }), {
    row: 'B63',
    tags: ['auth'],
    summary: 'End this panel session',
    scope: 'read',
    area: 'any',
    http: { method: 'POST', path: '/v1/auth/logout' },
  }),
  auth_status: call(Nothing, z.object({ authenticated: z.boolean(), principal: PrincipalInfo.nullable() }), {
    row: 'B63',
    tags: ['auth'],
    summary: 'Who the server takes this caller for',
    scope: 'read',
    area: 'any',
    anonymous: true,
    http: { method: 'GET', path: '/v1/auth/status' },
  }),
  auth_link_create: call(Nothing, z.object({ url: z.string(), expires_at: Timestamp }), {
    row: 'B63',
    tags: ['auth'],
    summary: 'Make a one-time link that signs a browser in to the panel',
    scope: 'admin',
    area: 'host',
    http: { method: 'POST', path: '/v1/auth/links' },
  }),
  settings_get: call(
    Nothing,
    z.object({ values: JsonObject, version: z.int(), restart_required: z.array(z.string()) }),
    {
      ...host,
      row: 'B64',
      tags: ['settings'],
      summary: 'Settings in force',
      scope: 'read',
      http: { method: 'GET', path: '/v1/settings' },
    },
  ),
  settings_update: call(
    z.record(z.string(), z.json()),
    z.object({ values: JsonObject, version: z.int(), restart_required: z.array(z.string()) }),
    {
      ...host,
      row: 'B64',
      tags: ['settings'],
      summary: 'Change settings by dotted key; null restores the default',
      scope: 'admin',
      http: { method: 'PATCH', path: '/v1/settings' },
    },
  ),
  settings_schema: call(Nothing, JsonObject, {
    ...host,
    row: 'B64',
    tags: ['settings'],
    summary: 'JSON Schema of the settings with titles',
    scope: 'read',
    http: { method: 'GET', path: '/v1/settings/schema' },
  }),
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
      summary: 'How many log entries there are, by level and source',
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
            data: z.json().nullable().default(null),
          }),
        )
        .min(1)
        .max(500),
    }),
    z.object({ stored: z.int() }),
    {
      row: 'B67',
      tags: ['logs'],
      summary: 'Add entries of a client to the log',
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
  jobs_list: call(
    z.strictObject({
      ...listFields,
      kind: oneOrMany(z.string()).optional(),
      status: oneOrMany(Job.shape.status).optional(),
    }),
    page(Job),
    {
      row: 'B70',
      tags: ['jobs'],
      summary: 'Background jobs',
      scope: 'read',
      area: 'any',
      http: { method: 'GET', path: '/v1/jobs' },
    },
  ),
  jobs_get: call(z.strictObject({ id: JobId }), Job, {
    row: 'B70',
    tags: ['jobs'],
    summary: 'One job',
    scope: 'read',
    area: 'any',
    http: { method: 'GET', path: '/v1/jobs/{id}' },
  }),
  jobs_cancel: call(z.strictObject({ id: JobId }), Job, {
    row: 'B70',
    tags: ['jobs'],
    summary: 'Cancel a job',
    scope: 'run',
    area: 'any',
    http: { method: 'POST', path: '/v1/jobs/{id}/cancel' },
  }),
  jobs_follow: stream(z.strictObject({ id: JobId, since: Seq.optional() }), z.object({ seq: z.int(), job: Job }), {
    row: 'B70',
    tags: ['jobs'],
    summary: 'Progress of a job until it ends, at most four items a second',
    scope: 'read',
    area: 'any',
    history: true,
    http: { method: 'GET', path: '/v1/jobs/{id}/events' },
  }),
  uploads_create: call(
    z.strictObject({
      name: z.string().min(1).max(255),
      bytes: z
        .int()
        .min(0)
        .max(2 * 1024 ** 3)
        .optional(),
      mime: z.string().max(200).default('application/octet-stream'),
    }),
    z.union([Upload, UploadTarget]),
    {
      row: 'B71',
      tags: ['uploads'],
      summary: 'Bring a file: multipart or raw body over HTTP, an address to PUT it to over frames',
      scope: 'run',
      area: 'any',
      http: { method: 'POST', path: '/v1/uploads', status: 201 },
    },
  ),
  backups_list: call(z.strictObject(listFields), page(Backup), {
    ...host,
    row: 'B73',
    tags: ['backups'],
    summary: 'Copies of the database',
    scope: 'admin',
    http: { method: 'GET', path: '/v1/backups' },
  }),
  backups_create: call(
    z.strictObject({ wait: z.boolean().default(false) }),
    z.union([z.object({ job_id: JobId, request_id: z.string() }), Backup]),
    {
      ...host,
      row: 'B73',
      tags: ['backups'],
      summary: 'Copy the database in the background',
      scope: 'admin',
      job: true,
      idempotencyKey: true,
      http: { method: 'POST', path: '/v1/backups' },
    },
  ),
  audit_list: call(
    z.strictObject({ ...listFields, op: z.string().optional(), principal: z.string().optional() }),
    page(AuditEntry),
    {
      ...host,
      row: 'B74',
      tags: ['audit'],
      summary: 'Who did what, newest first; hash-chained',
      scope: 'admin',
      http: { method: 'GET', path: '/v1/audit' },
    },
  ),
  audit_verify: call(Nothing, z.object({ ok: z.boolean(), entries: z.int(), broken_at: z.int().nullable() }), {
    ...host,
    row: '-',
    tags: ['audit'],
    summary: 'Check the hash chain of the audit',
    scope: 'admin',
    http: null,
  }),
};

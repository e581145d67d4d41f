/** Background work and bytes: jobs, uploads, backups. */
import { z } from 'zod';
import { BulkRow } from '../kernel/bulk.ts';
import { call, PAYLOAD_LIMITS, stream } from '../kernel/define.ts';
import type { EntityRecord } from '../kernel/entity.ts';
import { Problem } from '../kernel/errors.ts';
import { contains, fixed, oneOf } from '../kernel/filters.ts';
import { listInput, page } from '../kernel/paging.ts';
import { BackupId, JobId, Json, Seq, Timestamp, UploadId } from '../kernel/scalars.ts';
import { number, text } from '../kernel/sorts.ts';

/** Background work. */
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

/** A copy of the database. */
export const Backup = z.object({
  id: BackupId,
  kind: z.enum(['manual', 'auto', 'migration']),
  bytes: z.int(),
  sha256: z.string(),
  created_at: Timestamp,
});
export type Backup = z.infer<typeof Backup>;

/** An upload that other operations refer to. */
export const Upload = z.object({ upload_id: UploadId, bytes: z.int(), sha256: z.string(), expires_at: Timestamp });
export type Upload = z.infer<typeof Upload>;
/** Where a frame door's client puts the bytes. */
export const UploadTarget = z.object({ upload_id: UploadId, put_url: z.string() });

/** Record of jobs. Who may see one, and that there is one, depends on the operation that started it. */
export const jobRecord = {
  area: 'any',
  ownArea: true,
  id: JobId,
  filters: {
    id: fixed(oneOf(JobId)),
    q: fixed(contains('kind')),
    kind: fixed(oneOf(z.string())),
    status: oneOf(Job.shape.status),
  },
  sorts: { id: fixed(text), created_at: fixed(text), kind: fixed(text), status: text, finished_at: text },
  lists: ['jobs_list'],
  one: 'jobs_get',
} as const satisfies EntityRecord;
export const uploadRecord = { area: 'any', id: UploadId } as const satisfies EntityRecord;
export const backupRecord = {
  area: 'host',
  id: BackupId,
  filters: { id: fixed(oneOf(BackupId)), q: fixed(contains('kind')) },
  sorts: { created_at: fixed(text), bytes: fixed(number) },
  lists: ['backups_list'],
} as const satisfies EntityRecord;

const host = { area: 'host' } as const;

export const jobOperations = {
  jobs_list: call(listInput(jobRecord), page(Job), {
    row: 'B70',
    tags: ['jobs'],
    summary: 'Background jobs',
    scope: 'read',
    area: 'any',
    http: { method: 'GET', path: '/v1/jobs' },
  }),
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
  jobs_results: call(
    z.strictObject({
      id: JobId,
      /** False: only the rows that failed. */
      ok: z.boolean().optional(),
      limit: z.int().min(1).max(1000).default(200),
      cursor: z.string().max(40).optional(),
    }),
    page(BulkRow),
    {
      row: '-',
      tags: ['jobs'],
      summary: 'Results of a bulk operation by filter, row by row',
      scope: 'read',
      area: 'any',
      http: { method: 'GET', path: '/v1/jobs/{id}/results' },
    },
  ),
  uploads_create: call(
    z.strictObject({
      name: z.string().min(1).max(255),
      bytes: z.int().min(0).max(PAYLOAD_LIMITS.file).optional(),
      mime: z.string().max(200).default('application/octet-stream'),
    }),
    z.union([Upload, UploadTarget]),
    {
      row: 'B71',
      tags: ['uploads'],
      summary: 'Upload a file: multipart or raw body over HTTP, an address to PUT it to over frames',
      scope: 'run',
      area: 'any',
      payload: 'file',
      http: { method: 'POST', path: '/v1/uploads', status: 201 },
    },
  ),
  backups_list: call(listInput(backupRecord), page(Backup), {
    ...host,
    row: 'B73',
    tags: ['backups'],
    summary: 'List backups of the database',
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
      summary: 'Back up the database in the background',
      scope: 'admin',
      job: true,
      idempotencyKey: true,
      http: { method: 'POST', path: '/v1/backups' },
    },
  ),
};

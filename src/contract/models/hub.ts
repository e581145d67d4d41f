/** Models from the hub: what a repo offers, downloads, and the token for repos that ask for one. */
import { z } from 'zod';
import { call } from '../kernel/define.ts';
import type { EntityRecord } from '../kernel/entity.ts';
import { JobId, Nothing, Timestamp } from '../kernel/scalars.ts';
import { namedModel, namedVariant } from './reference.ts';

/** State of one quantization. */
export const QuantStatus = z.enum([
  'available',
  'downloading',
  'downloaded',
  'failed',
  'not_found',
  'unavailable',
  'unsupported',
  'server_only',
]);
export type QuantStatus = z.infer<typeof QuantStatus>;

/** A download that is not over. What is there of it is kept until it goes on or is discarded. */
export const ModelDownload = z.object({
  repo: z.string(),
  variant: z.string(),
  revision: z.string(),
  status: z.enum(['downloading', 'paused', 'failed']),
  /** Why it failed, in words. */
  problem: z.string().nullable(),
  bytes: z.int(),
  done_bytes: z.int(),
  /** Follow it with `jobs_follow`, stop it with `jobs_cancel`. */
  job_id: JobId,
  created_at: Timestamp,
});
export type ModelDownload = z.infer<typeof ModelDownload>;

/** Downloads change as one. */
export const downloadRecord = {
  area: 'models',
  summaries: ['models_downloads', 'registered_models', 'get_model_quants'],
  events: { finished: {}, failed: {} },
} as const satisfies EntityRecord;

const Repo = z.string().min(1).max(200);
const Variant = z.string().min(1).max(100);
const Revision = z.string().min(1).max(100);
const hub = { area: 'models', tags: ['HuggingFace Auth'] } as const;
const management = { area: 'models', tags: ['Management'] } as const;

export const hubOperations = {
  get_model_quants: call(
    z.object({ repo_id: Repo }),
    z.object({
      quants: z.array(z.string()),
      details: z.array(
        z.object({
          key: z.string(),
          status: QuantStatus,
          files: z.array(z.string()),
          total_size: z.int().nullable(),
          downloaded_size: z.int(),
          last_updated: Timestamp,
        }),
      ),
    }),
    {
      area: 'models',
      tags: ['Models'],
      row: 'R24',
      aliases: ['quants'],
      summary: 'Quantizations of a repo, on this machine and on the hub',
      scope: 'read',
      tier: 'none',
      http: { method: 'GET', path: '/v1/models/{repo_id}/quants' },
    },
  ),
  pull_model: call(
    z.object({
      ...namedModel,
      ...namedVariant,
      revision: Revision.default('main'),
      wait: z.boolean().default(false),
    }),
    z.object({
      model: z.string(),
      variant: z.string(),
      status: z.enum(['started', 'downloaded']),
      message: z.string(),
      success: z.literal(true),
      progress: z.number().nullable(),
      job_id: JobId.nullable(),
      request_id: z.string(),
    }),
    {
      ...management,
      row: 'R27',
      aliases: ['pull'],
      summary: 'Download a model; what is there already is kept',
      scope: 'manage',
      tier: 'management',
      job: true,
      idempotencyKey: true,
      http: { method: 'POST', path: '/v1/pull' },
    },
  ),
  models_downloads: call(Nothing, z.object({ items: z.array(ModelDownload) }), {
    ...management,
    row: '-',
    summary: 'Downloads of models that run, are paused or have failed',
    scope: 'read',
    http: null,
  }),
  models_discard: call(
    z.strictObject({ repo: Repo, variant: Variant }),
    z.object({ repo: z.string(), variant: z.string(), freed_bytes: z.int() }),
    {
      ...management,
      row: '-',
      summary: 'Stop a download and delete what is there of it',
      scope: 'manage',
      http: null,
    },
  ),
  set_hf_token: call(
    z.object({ token: z.string().min(1).max(500) }),
    z.object({ message: z.string(), success: z.literal(true) }),
    {
      ...hub,
      row: 'R46',
      summary: 'Store the token of the hub, sealed',
      scope: 'manage',
      tier: 'management',
      idempotent: true,
      http: { method: 'POST', path: '/v1/hf/token' },
    },
  ),
  get_hf_token_status: call(
    z.object({}),
    z.object({ has_token: z.boolean(), message: z.string(), source: z.enum(['stored', 'env']).nullable() }),
    {
      ...hub,
      row: 'R47',
      summary: 'Whether there is a token of the hub',
      scope: 'read',
      tier: 'none',
      http: { method: 'GET', path: '/v1/hf/token/status' },
    },
  ),
  clear_hf_token: call(z.object({}), z.object({ message: z.string(), success: z.literal(true) }), {
    ...hub,
    row: 'R48',
    summary: 'Remove the token of the hub',
    scope: 'manage',
    tier: 'management',
    http: { method: 'DELETE', path: '/v1/hf/token' },
  }),
};

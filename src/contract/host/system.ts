/** Host facts: health, the route list, system information, resources and the host's own diagnosis. */
import { z } from 'zod';
import { AREAS, call, SCOPES, TIERS } from '../kernel/define.ts';
import type { EntityRecord } from '../kernel/entity.ts';
import { Nothing, Timestamp } from '../kernel/scalars.ts';

/** R01. */
export const Health = z.object({
  status: z.enum(['ok', 'degraded']),
  service: z.literal('tabagent-server'),
  version: z.string(),
  timestamp: Timestamp,
  uptime_seconds: z.number(),
  ready: z.boolean(),
  /** What is wrong, in one sentence without paths, when degraded. */
  reason: z.string().optional(),
});
export type Health = z.infer<typeof Health>;

/** One line of `/v1/routes`. */
export const Route = z.object({
  id: z.string(),
  path: z.string(),
  method: z.string(),
  tags: z.array(z.string()),
  description: z.string(),
  openai_compatible: z.boolean(),
  idempotent: z.boolean(),
  requires_auth: z.boolean(),
  scope: z.enum(SCOPES).nullable(),
  area: z.enum(AREAS),
  rate_limit_tier: z.enum(TIERS),
  stream: z.enum(['never', 'optional', 'always']),
  job: z.boolean(),
  alias_of: z.string().nullable(),
});
export type Route = z.infer<typeof Route>;

/** R03. Byte counts are bytes. */
export const SystemInfo = z.object({
  cpu: z.object({ model: z.string(), cores: z.int(), threads: z.int() }),
  memory: z.object({ total_bytes: z.int(), available_bytes: z.int() }),
  gpu: z.object({ name: z.string(), memory_bytes: z.int().nullable(), vendor: z.string() }).nullable(),
  system: z.literal('tabagent'),
  version: z.string(),
  arch: z.string(),
  os: z.string(),
  memory_total: z.int(),
  cpu_cores: z.int(),
  timestamp: Timestamp,
});

/** R40, read at call time. `cpu_usage` is percent, the others bytes or MiB as named. */
export const Resources = z.object({
  cpu_ram: z.object({ total_mb: z.int(), available_mb: z.int(), used_mb: z.int() }),
  gpus: z.array(
    z.object({
      index: z.int(),
      name: z.string(),
      vram_total_mb: z.int().nullable(),
      vram_available_mb: z.int().nullable(),
      vram_used_mb: z.int().nullable(),
    }),
  ),
  loaded_models: z.array(z.object({ model_id: z.string(), memory_mb: z.int(), device: z.string() })),
  cpu_usage: z.number(),
  memory_usage: z.int(),
  memory_total: z.int(),
  gpu_usage: z.number().nullable(),
  gpu_memory_usage: z.int().nullable(),
  gpu_memory_total: z.int().nullable(),
  disk_usage: z.int(),
  disk_total: z.int(),
});
export type Resources = z.infer<typeof Resources>;

/** One finding of the doctor. */
export const Check = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(['ok', 'warning', 'error']),
  /** What was found. */
  detail: z.string(),
  /** What to do, when not ok. */
  advice: z.string().nullable(),
});
export type Check = z.infer<typeof Check>;

/** Facts about the running host that the panel shows in its status bar and under About. */
export const HostInfo = z.object({
  version: z.string(),
  platform: z.enum(['node', 'electron']),
  node: z.string(),
  electron: z.string().nullable(),
  pid: z.int(),
  data_dir: z.string(),
  log_dir: z.string(),
  /** Address of the HTTP door, null while its port is taken. */
  url: z.string().nullable(),
  /** Why the HTTP door is closed, in one sentence. */
  http_error: z.string().nullable(),
  /** How the secret key is kept. */
  secrets: z.object({ backend: z.enum(['os', 'keyring', 'file']), weak: z.boolean(), detail: z.string() }),
  started_at: Timestamp,
  /** Loud states: each is one sentence with what to do. */
  warnings: z.array(z.string()),
});
export type HostInfo = z.infer<typeof HostInfo>;

export const hostRecord = {
  area: 'host',
  summaries: ['host_info', 'host_diagnose'],
  events: { started: {} },
} as const satisfies EntityRecord;

/** Operations about the host itself. */
export const systemOperations = {
  // Table A: unknown members are ignored.
  health: call(z.object({}), Health, {
    row: 'R01',
    aliases: ['ping'],
    summary: 'Liveness of the server',
    tags: ['System'],
    scope: 'read',
    area: 'any',
    anonymous: true,
    tier: 'none',
    http: { method: 'GET', path: '/v1/health' },
  }),
  routes: call(z.object({ tag: z.string().optional() }), z.object({ routes: z.array(Route), total: z.int() }), {
    row: 'R02',
    summary: 'Every HTTP route with its scope, area and limits',
    tags: ['System', 'Discovery'],
    scope: 'read',
    area: 'any',
    anonymous: true,
    tier: 'none',
    http: { method: 'GET', path: '/v1/routes' },
  }),
  system: call(z.object({}), SystemInfo, {
    row: 'R03',
    aliases: ['system_info'],
    summary: 'Processor, memory and graphics of this machine',
    tags: ['System'],
    scope: 'read',
    area: 'models',
    localWithoutKey: true,
    tier: 'none',
    http: { method: 'GET', path: '/v1/system/info' },
  }),
  get_resources: call(z.object({}), Resources, {
    row: 'R40',
    aliases: ['resources'],
    summary: 'Current use of processor, memory, disk and graphics',
    tags: ['Resources'],
    scope: 'read',
    area: 'models',
    localWithoutKey: true,
    tier: 'none',
    http: { method: 'GET', path: '/v1/resources' },
  }),
  host_info: call(Nothing, HostInfo, {
    row: '-',
    summary: 'Versions, folders, addresses and warnings of the running host',
    tags: ['System'],
    scope: 'read',
    area: 'host',
    http: null,
  }),
  host_diagnose: call(Nothing, z.object({ checks: z.array(Check) }), {
    row: '-',
    summary: 'Diagnose browser, port, database, secrets store, disk and graphics',
    tags: ['System'],
    scope: 'read',
    area: 'host',
    http: null,
  }),
};

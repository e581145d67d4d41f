/** Loading models, what is loaded, and stopping what they compute. */
import { z } from 'zod';
import { call } from '../kernel/define.ts';
import { JobId, Nothing } from '../kernel/scalars.ts';
import { EngineUse } from './engine.ts';
import { ModelRef } from './reference.ts';

/** Types of models that requests in OpenAI's form are made to. */
export const ServedType = EngineUse.extract(['chat', 'embedding', 'rerank']);
export type ServedType = z.infer<typeof ServedType>;

/** A model as OpenAI's clients list it, with what this product knows of it. */
export const Model = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.literal('tabagent'),
  loaded: z.boolean(),
  status: z.enum(['available', 'loading', 'loaded']),
  type: ServedType,
  backend: z.enum(['llama.cpp', 'onnx']),
  variant: z.string().nullable(),
  size_bytes: z.int().nullable(),
  context_length: z.int().nullable(),
  capabilities: z.array(z.string()),
});
export type Model = z.infer<typeof Model>;

const read = { tags: ['Models', 'OpenAI'], scope: 'read', area: 'models', localWithoutKey: true } as const;
const manage = {
  tags: ['Models'],
  scope: 'manage',
  area: 'models',
  tier: 'model_management',
  idempotent: true,
} as const;

/** The model of a request, under either of its names. */
const named = { model_id: ModelRef.optional(), model: ModelRef.optional() };

export const LoadInput = z.object({
  ...named,
  variant: z.string().min(1).max(128).optional(),
  force_reload: z.boolean().default(false),
  device: z
    .string()
    .regex(/^(auto|cpu|cuda:\d+|metal|vulkan)$/, 'must be auto, cpu, cuda:N, metal or vulkan')
    .optional(),
  context_length: z.int().min(256).max(1_048_576).optional(),
  gpu_layers: z.int().min(0).max(10_000).optional(),
  /** Idle time after which the model is unloaded; 0 keeps it until it is unloaded by name. */
  ttl_seconds: z.int().min(0).max(31_536_000).optional(),
  wait: z.boolean().default(false),
});
export type LoadInput = z.output<typeof LoadInput>;

const StopTarget = z.object({
  /** As answers name it: a uuid, also with `chatcmpl-`, `cmpl-` or `resp_` before it. */
  request_id: z.string().max(64).optional(),
  session_id: z.string().min(1).max(128).optional(),
});

/** How many of the models that made room are told. */
export const MADE_ROOM = 20;
/** A model that was unloaded for another, at a time in ms. */
const MadeRoom = z.object({ id: z.string(), for: z.string(), at: z.int() });
export type MadeRoom = z.infer<typeof MadeRoom>;

export const inferenceOperations = {
  models: call(
    z.object({ filter: z.enum(['loaded', 'installed', 'chat', 'embedding', 'rerank']).optional() }),
    z.object({ object: z.literal('list'), data: z.array(Model), models: z.array(Model) }),
    {
      ...read,
      row: 'R14',
      aliases: ['list_models'],
      summary: 'List models',
      tier: 'none',
      openai: true,
      http: { method: 'GET', path: '/v1/models' },
    },
  ),
  get_loaded_models: call(
    Nothing,
    z.object({
      models: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          memory_usage: z.int(),
          load_time: z.int(),
          backend: Model.shape.backend,
          device: z.string(),
          /** Devices that were tried first, and why they do not compute. */
          refused_devices: z.array(z.object({ device: z.string(), reason: z.string() })),
          context_length: z.int(),
          idle_seconds: z.int(),
          /** Idle time after which it is unloaded; null: never. */
          ttl_seconds: z.int().nullable(),
          /** Loaded with `ttl_seconds: 0`: it makes room for no other model. */
          pinned: z.boolean(),
          active_requests: z.int(),
          queued_requests: z.int(),
          /** Places in which requests are computed side by side. */
          slots: z.array(z.object({ busy: z.boolean(), busy_seconds: z.int() })),
        }),
      ),
      /** Models on their way into memory. Unloading one by its name ends its load. */
      loading: z.array(
        z.object({
          id: z.string(),
          percent: z.number().min(0).max(100),
          /** The job that tells its progress; null when a request loads it. */
          job_id: JobId.nullable(),
        }),
      ),
      /** Models that were unloaded for others since the host started, the last ones first. */
      made_room: z.array(MadeRoom).max(MADE_ROOM),
    }),
    {
      ...read,
      row: 'R20',
      aliases: ['loaded_models'],
      summary: 'Loaded models with their memory and load',
      tags: ['Management'],
      tier: 'low',
      http: {
        method: 'GET',
        path: '/v1/models/loaded',
        aliases: [{ method: 'GET', path: '/v1/resources/loaded-models' }],
      },
    },
  ),
  model_info: call(
    z.object({ model_id: ModelRef }),
    z.object({
      ...Model.shape,
      type: EngineUse,
      request_id: z.string(),
      name: z.string(),
      parameters: z.string().nullable(),
      quants: z.array(z.string()),
      path_bytes: z.int(),
      unsupported_settings: z.array(z.string()),
    }),
    {
      ...read,
      row: 'R19',
      summary: 'One model',
      tier: 'none',
      openai: true,
      http: { method: 'GET', path: '/v1/models/{model_id}' },
    },
  ),
  load_model: call(
    LoadInput,
    z.object({
      status: z.enum(['loading', 'loaded']),
      model_id: z.string(),
      model: z.string(),
      request_id: z.string(),
      job_id: JobId.nullable(),
      success: z.literal(true),
      message: z.string(),
    }),
    {
      ...manage,
      row: 'R15',
      aliases: ['load'],
      summary: 'Load a model into memory',
      job: true,
      http: { method: 'POST', path: '/v1/models/load', aliases: [{ method: 'POST', path: '/v1/load' }] },
    },
  ),
  unload_model: call(
    z.object(named),
    z.object({
      status: z.literal('unloaded'),
      model_id: z.string(),
      model: z.string(),
      request_id: z.string(),
      success: z.literal(true),
      message: z.string(),
    }),
    {
      ...manage,
      row: 'R17',
      aliases: ['unload'],
      summary: 'Unload a model; its generations are stopped first',
      http: { method: 'POST', path: '/v1/models/unload', aliases: [{ method: 'POST', path: '/v1/unload' }] },
    },
  ),
  stats: call(
    Nothing,
    z.object({
      /** Of the generation that finished last; 0 before the first. Seconds. */
      time_to_first_token: z.number(),
      tokens_per_second: z.number(),
      input_tokens: z.int(),
      output_tokens: z.int(),
      total_time: z.number(),
      /** Generations since the host started. */
      total_requests: z.int(),
      successful_requests: z.int(),
      failed_requests: z.int(),
      average_response_time_ms: z.number(),
      /** Tokens that engines drafted ahead of answers, and found right or wrong. */
      draft_tokens_accepted: z.int(),
      draft_tokens_rejected: z.int(),
      uptime_seconds: z.int(),
      models_loaded: z.int(),
      memory_used_mb: z.int(),
    }),
    {
      ...read,
      row: 'R04',
      aliases: ['get_stats'],
      summary: 'What generations took',
      tags: ['Statistics'],
      tier: 'none',
      http: { method: 'GET', path: '/v1/stats' },
    },
  ),
  stop_generation: call(
    StopTarget,
    z.object({
      status: z.enum(['stopped', 'not_running']),
      request_id: z.string().nullable(),
      stop_request_id: z.string(),
      success: z.literal(true),
      message: z.string(),
      stopped_requests: z.int(),
    }),
    {
      row: 'R09',
      aliases: ['halt'],
      summary: 'End generations in order: what was written so far is their answer',
      tags: ['Generation'],
      scope: 'run',
      area: 'models',
      tier: 'none',
      idempotent: true,
      localWithoutKey: true,
      audited: false,
      http: { method: 'POST', path: '/v1/generation/stop', aliases: [{ method: 'POST', path: '/v1/halt' }] },
    },
  ),
  get_halt_status: call(
    z.object({ session_id: z.string().min(1).max(128).optional() }),
    z.object({
      halted: z.boolean(),
      status: z.enum(['halted', 'running']),
      is_halted: z.boolean(),
      active_requests: z.int(),
      last_halt_time: z.iso.datetime({ precision: 3 }).nullable(),
    }),
    {
      ...read,
      row: 'R11',
      aliases: ['halt_status'],
      summary: 'Whether generations run or were stopped',
      tags: ['Control'],
      tier: 'low',
      http: { method: 'GET', path: '/v1/halt' },
    },
  ),
};

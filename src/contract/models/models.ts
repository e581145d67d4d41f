/** Models that are on this machine: what they are, whether they fit, and how one is chosen. */
import { z } from 'zod';
import { call } from '../kernel/define.ts';
import type { EntityRecord } from '../kernel/entity.ts';
import { contains, fixed, oneOf } from '../kernel/filters.ts';
import { listInput, page } from '../kernel/paging.ts';
import { entityFields, JobId, ModelId, Nothing, UploadId } from '../kernel/scalars.ts';
import { natural, number, text } from '../kernel/sorts.ts';
import { EngineUse } from './engine.ts';
import { namedModel, namedVariant } from './reference.ts';
import { SelfCheck } from './self-check.ts';

/** What a model is for. `projector` is the part of a vision model that turns pictures into tokens. */
export const MODEL_TYPES = [
  'chat',
  'embedding',
  'rerank',
  'ner',
  'classification',
  'speech',
  'vision',
  'projector',
  'other',
] as const;
export const ModelType = z.enum(MODEL_TYPES);
export type ModelType = z.infer<typeof ModelType>;

/** Types of which one model is the default. */
export const SELECTABLE: ReadonlySet<ModelType> = new Set(EngineUse.options);

export const ModelFormat = z.enum(['gguf', 'onnx']);
export type ModelFormat = z.infer<typeof ModelFormat>;

/** `broken`: its files cannot be what they claim; `missing`: they are not where they were. */
export const ModelStatus = z.enum(['ready', 'broken', 'missing']);
export type ModelStatus = z.infer<typeof ModelStatus>;

/** `folder`: put into the models folder by hand; `link`: stays where another program or the operator has it. */
export const ModelSource = z.enum(['folder', 'copy', 'link', 'download']);
export type ModelSource = z.infer<typeof ModelSource>;

/** Whether a model can be loaded into the memory that is free now. */
export const ModelFit = z.object({
  verdict: z.enum(['gpu', 'split', 'cpu', 'none']),
  /** With {@link ModelFit.shape.context_length}, which is what it would be loaded with now. */
  required_mb: z.int(),
  available_mb: z.int(),
  context_length: z.int(),
  /** Largest context that would fit; null when not even the smallest does. */
  largest_context: z.int().nullable(),
  /** In one sentence for people. */
  reason: z.string(),
});
export type ModelFit = z.infer<typeof ModelFit>;

/** One model with one quantization. What its files do not say is null. */
export const InstalledModel = z.object({
  id: ModelId,
  /** `owner/repo` of the hub, or `local/<name>`. */
  repo: z.string(),
  /** Quantization by which the repo tells its files apart, such as `Q4_K_M`. */
  variant: z.string().nullable(),
  name: z.string(),
  type: ModelType,
  format: ModelFormat,
  status: ModelStatus,
  /** Why it is not ready, in words. */
  problem: z.string().nullable(),
  source: ModelSource,
  /** On this machine; null for callers without the scope `manage`. */
  path: z.string().nullable(),
  bytes: z.int(),
  files: z.int(),
  architecture: z.string().nullable(),
  parameters: z.int().nullable(),
  quant: z.string().nullable(),
  context_length: z.int().nullable(),
  layers: z.int().nullable(),
  embedding_size: z.int().nullable(),
  vocabulary: z.int().nullable(),
  chat_template: z.boolean(),
  tokenizer: z.string().nullable(),
  license: z.string().nullable(),
  /** Of its only file; known after a download. */
  sha256: z.string().nullable(),
  /** What it showed after its first load; null before, and after its files have changed. */
  self_check: SelfCheck.nullable(),
  /** True for the default of its type. */
  selected: z.boolean(),
  ...entityFields,
});
export type InstalledModel = z.infer<typeof InstalledModel>;

/** A model that another program on this machine has. */
export const FoundModel = z.object({
  /** Program that has it. */
  program: z.enum(['huggingface', 'lmstudio', 'ollama', 'gpt4all', 'jan']),
  name: z.string(),
  path: z.string(),
  bytes: z.int(),
  format: ModelFormat,
  /** True when it is in the list of models already. */
  installed: z.boolean(),
});
export type FoundModel = z.infer<typeof FoundModel>;

export const modelRecord = {
  area: 'models',
  id: ModelId,
  filters: {
    id: fixed(oneOf(ModelId)),
    q: contains('name', 'repo', 'variant', 'architecture'),
    type: oneOf(ModelType),
    format: fixed(oneOf(ModelFormat)),
    status: oneOf(ModelStatus),
    source: oneOf(ModelSource),
  },
  sorts: {
    created_at: fixed(text),
    updated_at: text,
    name: natural,
    type: text,
    format: fixed(text),
    bytes: number,
    parameters: number,
    context_length: number,
  },
  defaultSort: 'name',
  lists: ['models_list'],
  one: 'models_get',
  summaries: [
    'registered_models',
    'models',
    'get_loaded_models',
    'get_embedding_models',
    'models_found',
    'models_fits',
    'get_model_quants',
    'get_recommended_models',
  ],
} as const satisfies EntityRecord;

const area = { area: 'models', tags: ['Management'] } as const;
/** Operations of the panel: with the scope `manage` they name files of this machine. */
const panel = { ...area, row: '-', http: null } as const;

export const modelOperations = {
  models_list: call(listInput(modelRecord), page(InstalledModel), {
    ...panel,
    summary: 'List the models on this machine with all that is known of them',
    scope: 'read',
  }),
  models_get: call(z.strictObject({ id: ModelId }), InstalledModel, {
    ...panel,
    summary: 'One model',
    scope: 'read',
  }),
  models_fits: call(
    z.strictObject({
      context_length: z.int().min(1).max(1_048_576).optional(),
    }),
    z.object({
      items: z.array(z.object({ id: ModelId, fit: ModelFit })),
      free_ram_mb: z.int(),
      free_vram_mb: z.int().nullable(),
    }),
    {
      ...panel,
      summary: 'Which models fit into the memory that is free now',
      scope: 'read',
    },
  ),
  models_scan: call(Nothing, z.object({ added: z.int(), changed: z.int(), missing: z.int() }), {
    ...panel,
    summary: 'Look for models in the models folder',
    scope: 'manage',
  }),
  models_import: call(
    z.strictObject({
      /** A GGUF file, or a folder with an ONNX model. */
      path: z.string().min(1).max(4096),
      mode: z.enum(['link', 'copy']).default('link'),
      wait: z.boolean().default(false),
    }),
    z.union([z.object({ job_id: JobId, request_id: z.string() }), z.object({ items: z.array(InstalledModel) })]),
    {
      ...panel,
      summary: 'Add a model file or folder of this machine, by reference or as a copy',
      scope: 'admin',
      job: true,
    },
  ),
  models_import_upload: call(z.strictObject({ upload_id: UploadId }), InstalledModel, {
    ...panel,
    summary: 'Add an uploaded GGUF file to the models folder',
    scope: 'manage',
  }),
  models_found: call(Nothing, z.object({ items: z.array(FoundModel) }), {
    ...panel,
    summary: 'Models that other programs on this machine have',
    scope: 'manage',
    audited: false,
  }),
  registered_models: call(
    z.object({}),
    z.object({
      type: z.literal('model_list_response'),
      models: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          backend: z.string(),
          loaded: z.boolean(),
          size_bytes: z.int().nullable(),
          parameters: z.int().nullable(),
        }),
      ),
      count: z.int(),
    }),
    {
      ...area,
      row: 'R22',
      summary: 'Every model that is known, those that are partly downloaded among them',
      scope: 'read',
      tier: 'low',
      localWithoutKey: true,
      http: { method: 'GET', path: '/v1/models/registered' },
    },
  ),
  select_model: call(z.object(namedModel), z.object({ model_id: z.string(), status: z.literal('selected') }), {
    ...area,
    row: 'R23',
    summary: 'Make a model the default of its type',
    scope: 'manage',
    tier: 'management',
    idempotent: true,
    http: { method: 'POST', path: '/v1/models/select' },
  }),
  delete_model: call(
    z.object({ ...namedModel, ...namedVariant }),
    z.object({
      model_id: z.string(),
      model: z.string(),
      id: z.string(),
      object: z.literal('model'),
      deleted: z.literal(true),
      status: z.literal('deleted'),
      freed_bytes: z.int(),
      success: z.literal(true),
      message: z.string(),
    }),
    {
      ...area,
      row: 'R28',
      summary: 'Delete a model; files that are only referred to stay where they are',
      scope: 'manage',
      tier: 'management',
      idempotent: false,
      http: { method: 'DELETE', path: '/v1/delete', aliases: [{ method: 'DELETE', path: '/v1/models/{model_id}' }] },
    },
  ),
};

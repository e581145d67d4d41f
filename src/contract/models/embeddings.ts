/** Embeddings and the models that make them. */
import { z } from 'zod';
import { call } from '../kernel/define.ts';
import { Nothing } from '../kernel/scalars.ts';
import { DEFAULT_MODEL, ModelRef } from './reference.ts';

/** Texts in one request. */
export const MAX_TEXTS = 2048;

/** R08. Vectors have unit length. */
const EmbeddingList = z.object({
  object: z.literal('list'),
  model: z.string(),
  data: z.array(
    z.object({
      object: z.literal('embedding'),
      index: z.int(),
      /** Numbers, or base64 of little-endian 32-bit floats when that was asked for. */
      embedding: z.union([z.array(z.number()), z.string()]),
    }),
  ),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
});

/** One line of R29. */
export const EmbeddingModel = z.object({
  id: z.string(),
  name: z.string(),
  dimensions: z.int(),
  /** `lexical` compares words and their parts; `semantic` compares meanings. */
  type: z.enum(['lexical', 'semantic']),
  installed: z.boolean(),
  loaded: z.boolean(),
});
export type EmbeddingModel = z.infer<typeof EmbeddingModel>;

export const embeddingOperations = {
  embeddings: call(
    z.object({
      model: ModelRef.default(DEFAULT_MODEL),
      input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(MAX_TEXTS)]),
      encoding_format: z.enum(['float', 'base64']).default('float'),
      /** Cuts the vectors, which are then brought to unit length again. */
      dimensions: z.int().min(1).optional(),
    }),
    EmbeddingList,
    {
      row: 'R08',
      summary: 'Embed texts as vectors',
      tags: ['Embeddings', 'OpenAI'],
      scope: 'run',
      area: 'models',
      tier: 'embeddings',
      payload: 'documents',
      openai: true,
      idempotent: true,
      localWithoutKey: true,
      audited: false,
      http: { method: 'POST', path: '/v1/embeddings' },
    },
  ),
  get_embedding_models: call(Nothing, z.object({ models: z.array(EmbeddingModel), count: z.int() }), {
    row: 'R29',
    summary: 'List embedding models',
    tags: ['Management'],
    scope: 'read',
    area: 'models',
    tier: 'low',
    localWithoutKey: true,
    http: { method: 'GET', path: '/v1/embedding-models' },
  }),
};

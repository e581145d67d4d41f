/** R32: documents ranked for a query. */
import { z } from 'zod';
import { call } from '../kernel/define.ts';
import { DEFAULT_MODEL, ModelRef } from './reference.ts';

/** Documents in one request. */
const MAX_DOCUMENTS = 2048;

const Document = z.union([z.string().min(1), z.object({ text: z.string().min(1) })]);

const RerankInput = z
  .object({
    model: ModelRef.default(DEFAULT_MODEL),
    query: z.string().min(1),
    documents: z.array(Document).min(1).max(MAX_DOCUMENTS),
    /** 10 unless said, or the number of documents when that is less. */
    top_n: z.int().min(1).optional(),
    return_documents: z.boolean().optional(),
  })
  .superRefine(({ documents, top_n }, context) => {
    if (top_n !== undefined && top_n > documents.length)
      context.addIssue({
        code: 'custom',
        path: ['top_n'],
        message: `must be between 1 and ${documents.length} (document count)`,
      });
  });
export type RerankInput = z.output<typeof RerankInput>;

const Reranked = z.object({
  id: z.string(),
  object: z.literal('list'),
  model: z.string(),
  /** Best first. */
  results: z.array(
    z.object({
      index: z.int(),
      relevance_score: z.number().min(0).max(1),
      score: z.number().min(0).max(1),
      document: z.union([z.string(), z.object({ text: z.string() })]).optional(),
    }),
  ),
  count: z.int(),
  /** Present when the time for one ranking ended before all documents were ranked; those that were not are in no result. */
  partial: z.literal(true).optional(),
  unranked: z.int().optional(),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
  meta: z.object({ api_version: z.object({ version: z.literal('2') }) }),
});
export type Reranked = z.infer<typeof Reranked>;

export const rerankOperations = {
  rerank: call(RerankInput, Reranked, {
    row: 'R32',
    summary: 'Rank documents by how well they answer a query',
    tags: ['RAG', 'Reranking'],
    scope: 'run',
    area: 'models',
    tier: 'rerank',
    payload: 'documents',
    idempotent: true,
    localWithoutKey: true,
    audited: false,
    http: { method: 'POST', path: '/v1/rerank' },
  }),
};

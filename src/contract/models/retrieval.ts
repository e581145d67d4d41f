/** Comparing, grouping and ranking texts by their embeddings. */
import { z } from 'zod';
import { call } from '../kernel/define.ts';
import { MAX_TEXTS } from './embeddings.ts';
import { ModelRef } from './reference.ts';

const Text = z.string().min(1);
const Texts = z.array(Text).min(1).max(MAX_TEXTS);
const model = ModelRef.optional();

/** Cells of the matrix that one evaluation may ask for. */
const MAX_CELLS = 250_000;

const shared = {
  tags: ['RAG'],
  scope: 'run',
  area: 'models',
  tier: 'rag',
  payload: 'documents',
  idempotent: true,
  localWithoutKey: true,
  audited: false,
} as const;

/** Mean reciprocal rank, recall among the first 1 and 5, normalised discounted cumulative gain among the first 10; over queries with a relevant document. */
export const Metrics = z.object({
  mrr: z.number(),
  recall_at_1: z.number(),
  recall_at_5: z.number(),
  ndcg_at_10: z.number(),
});
export type Metrics = z.infer<typeof Metrics>;

const EvaluateInput = z
  .object({
    model: ModelRef,
    queries: Texts,
    documents: Texts,
    /** Per query the indexes of the documents that answer it. */
    relevant: z
      .array(z.array(z.int().min(0)).max(MAX_TEXTS))
      .max(MAX_TEXTS)
      .optional(),
  })
  .superRefine(({ queries, documents, relevant }, context) => {
    const add = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (queries.length * documents.length > MAX_CELLS)
      add(['documents'], `queries × documents must be at most ${MAX_CELLS}`);
    if (relevant !== undefined && relevant.length !== queries.length)
      add(['relevant'], 'must have one list for each query');
    relevant?.forEach((indexes, query) => {
      if (indexes.some((index) => index >= documents.length))
        add(['relevant', query], `must hold indexes of documents, 0 to ${documents.length - 1}`);
    });
  });

/** An optional number that cannot exceed the number of texts. */
function atMost<T extends z.ZodObject>(input: T, number: string, texts: string) {
  return input.superRefine((value, context) => {
    const { [number]: wanted, [texts]: list } = value as Record<string, unknown>;
    if (typeof wanted === 'number' && Array.isArray(list) && wanted > list.length)
      context.addIssue({
        code: 'custom',
        path: [number],
        message: `must be at most ${list.length}, the number of ${texts}`,
      });
  });
}

export const retrievalOperations = {
  calculate_similarity: call(
    z.object({ text1: Text, text2: Text, model }),
    z.object({ similarity: z.number().min(-1).max(1), model: z.string() }),
    {
      ...shared,
      row: 'R34',
      summary: 'Compare two texts',
      http: { method: 'POST', path: '/v1/similarity' },
    },
  ),
  evaluate_embeddings: call(
    EvaluateInput,
    z.object({
      model: z.string(),
      dimensions: z.int(),
      query_count: z.int(),
      document_count: z.int(),
      /** One row for each query. */
      similarity_matrix: z.array(z.array(z.number())),
      /** The best document of each query. */
      top_matches: z.array(z.object({ query_index: z.int(), document_index: z.int(), score: z.number() })),
      /** Over the whole matrix. */
      average_similarity: z.number(),
      /** Null without `relevant`, or when no query has a relevant document. */
      metrics: Metrics.nullable(),
      embedding_time_ms: z.number(),
    }),
    {
      ...shared,
      row: 'R35',
      summary: 'Evaluate an embedding model on queries and documents',
      http: { method: 'POST', path: '/v1/evaluate-embeddings' },
    },
  ),
  cluster_documents: call(
    atMost(
      z.object({
        documents: Texts,
        /** 5 unless said, or the number of documents when that is less. */
        n_clusters: z.int().min(1).max(MAX_TEXTS).optional(),
        model,
        seed: z.int().default(42),
      }),
      'n_clusters',
      'documents',
    ),
    z.object({
      /** Number of the cluster of each document; numbers follow the order of the documents. */
      clusters: z.array(z.int()),
      centers: z.array(z.array(z.number())),
      n_clusters: z.int(),
      /** Sum of the squared distances to the centers. */
      inertia: z.number(),
      iterations: z.int(),
      model: z.string(),
    }),
    {
      ...shared,
      row: 'R36',
      summary: 'Group texts by similarity',
      http: { method: 'POST', path: '/v1/cluster' },
    },
  ),
  recommend_content: call(
    atMost(
      z.object({ query: Text, candidates: Texts, top_n: z.int().min(1).max(MAX_TEXTS).optional(), model }),
      'top_n',
      'candidates',
    ),
    z.object({
      /** Indexes of candidates, best first. */
      recommendations: z.array(z.int()),
      scores: z.array(z.number()),
      items: z.array(z.object({ index: z.int(), content: z.string(), score: z.number() })),
      model: z.string(),
    }),
    {
      ...shared,
      row: 'R37',
      summary: 'Rank texts by similarity to a query',
      http: { method: 'POST', path: '/v1/recommend' },
    },
  ),
};

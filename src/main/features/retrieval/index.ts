/** Comparing, grouping and ranking texts. */
import type { Logger } from '../../core/log/logger.ts';
import type { CallContext, Handlers } from '../../core/operation/operation.ts';
import { createComputePool } from '../../core/process/compute-pool.ts';
import { computeModule } from '../../core/process/modules.ts';
import type { Platform } from '../../platform/platform.ts';
import type { EmbeddingService } from '../embeddings/index.ts';
import { bestOf, similarityOf } from './ranking.ts';
import { createVectorMath } from './vectors.ts';

interface Deps {
  embeddings: EmbeddingService;
  platform: Pick<Platform, 'appRoot' | 'fork'>;
  log: Logger;
}

/** When a request does not say how many. */
const DEFAULT_CLUSTERS = 5;
const DEFAULT_TOP = 10;

const askerOf = ({ principal, signal }: CallContext) => ({ caller: principal.id, signal });

export function createRetrieval({ embeddings, platform, log }: Deps) {
  const pool = createComputePool({ platform, log }, computeModule(platform.appRoot, 'retrieval', 'vectors'));
  const math = createVectorMath(pool);
  const handlers: Handlers<'calculate_similarity' | 'evaluate_embeddings' | 'cluster_documents' | 'recommend_content'> =
    {
      async calculate_similarity({ text1, text2, model }, context) {
        const embedder = await embeddings.embedder(model, askerOf(context));
        const embedded = await embedder.embed([text1, text2]);
        return { similarity: similarityOf(embedded.at(0), embedded.at(1)), model: embedder.id };
      },
      async evaluate_embeddings({ model, queries, documents, relevant }, context) {
        const embedder = await embeddings.embedder(model, askerOf(context));
        const start = performance.now();
        const [asked, found] = [await embedder.embed(queries, 'query'), await embedder.embed(documents, 'document')];
        const embedding_time_ms = performance.now() - start;
        const { scores, best, average, metrics } = await math.evaluate(asked, found, relevant ?? null);
        const count = documents.length;
        return {
          model: embedder.id,
          dimensions: embedder.dimensions,
          query_count: queries.length,
          document_count: documents.length,
          similarity_matrix: queries.map((_, row) => Array.from(scores.subarray(row * count, (row + 1) * count))),
          top_matches: best.map((document_index, query_index) => {
            return { query_index, document_index, score: scores[query_index * count + document_index] ?? 0 };
          }),
          average_similarity: average,
          metrics,
          embedding_time_ms,
        };
      },
      async cluster_documents({ documents, n_clusters, model, seed }, context) {
        const embedder = await embeddings.embedder(model, askerOf(context));
        const k = n_clusters ?? Math.min(DEFAULT_CLUSTERS, documents.length);
        const { clusters, centers, ...rest } = await math.cluster(await embedder.embed(documents), k, seed);
        return {
          clusters: Array.from(clusters),
          centers: centers.map((center) => Array.from(center)),
          n_clusters: k,
          ...rest,
          model: embedder.id,
        };
      },
      async recommend_content({ query, candidates, top_n, model }, context) {
        const embedder = await embeddings.embedder(model, askerOf(context));
        const asked = (await embedder.embed([query], 'query')).at(0);
        const embedded = await embedder.embed(candidates, 'document');
        const all = candidates.map((_, index) => similarityOf(asked, embedded.at(index)));
        const items = bestOf(all, top_n ?? DEFAULT_TOP).map((index) => ({
          index,
          content: candidates[index] ?? '',
          score: all[index] ?? 0,
        }));
        return {
          recommendations: items.map(({ index }) => index),
          scores: items.map(({ score }) => score),
          items,
          model: embedder.id,
        };
      },
    };
  return { handlers, parts: [pool.part] };
}

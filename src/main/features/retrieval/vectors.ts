/** What the host asks of the process that computes over vectors. */
import { z } from 'zod';
import { Metrics } from '../../../contract/models/retrieval.ts';
import { type ComputePool, computed } from '../../core/process/compute-pool.ts';
import type { Embedded } from '../embeddings/index.ts';
import type { Clusters } from './k-means.ts';

/** Vectors as text: requests to processes are JSON. */
const Packed = z.object({ base64: z.string(), dimensions: z.int().min(1) });
type Packed = z.infer<typeof Packed>;

export const Request = z.discriminatedUnion('t', [
  z.object({ t: z.literal('cluster'), vectors: Packed, k: z.int().min(1), seed: z.int() }),
  z.object({
    t: z.literal('evaluate'),
    queries: Packed,
    documents: Packed,
    relevant: z.array(z.array(z.int())).nullable(),
  }),
]);

const Clustered = z.object({
  clusters: z.instanceof(Int32Array),
  centers: z.array(z.instanceof(Float32Array)),
  inertia: z.number(),
  iterations: z.int(),
});
/** Similarities of queries to documents: `scores` row by row, `best` the index of the best document of each query. */
const Evaluation = z.object({
  scores: z.instanceof(Float64Array),
  best: z.array(z.int()),
  average: z.number(),
  metrics: Metrics.nullable(),
});
export type Evaluation = z.infer<typeof Evaluation>;

/** Longest that one request computes, ms. */
const DEADLINE_MS = 60_000;

const pack = ({ vectors, dimensions }: Embedded): Packed => ({
  base64: Buffer.from(vectors.buffer, vectors.byteOffset, vectors.byteLength).toString('base64'),
  dimensions,
});

/** The vectors again, on the same machine. */
export function unpack({ base64, dimensions }: Packed): Float32Array[] {
  const bytes = Buffer.from(base64, 'base64');
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return Array.from({ length: all.length / dimensions }, (_, index) =>
    all.subarray(index * dimensions, (index + 1) * dimensions),
  );
}

/** Arithmetic that would hold up the host. */
export function createVectorMath(pool: Pick<ComputePool, 'run'>) {
  return {
    cluster: (vectors: Embedded, k: number, seed: number): Promise<Clusters> =>
      computed(pool.run({ t: 'cluster', vectors: pack(vectors), k, seed }, Clustered, DEADLINE_MS)),
    evaluate: (queries: Embedded, documents: Embedded, relevant: number[][] | null): Promise<Evaluation> =>
      computed(
        pool.run(
          { t: 'evaluate', queries: pack(queries), documents: pack(documents), relevant },
          Evaluation,
          DEADLINE_MS,
        ),
      ),
  };
}

/** Compute process: arithmetic over many vectors. */
import { serveComputations } from '../../core/process/computations.ts';
import { kMeans } from './k-means.ts';
import { bestIndex, metricsOf, similarityOf } from './ranking.ts';
import { type Evaluation, Request, unpack } from './vectors.ts';

function evaluate(
  queries: readonly Float32Array[],
  documents: readonly Float32Array[],
  relevant: readonly (readonly number[])[] | null,
): Evaluation {
  const rows = queries.map((query) => documents.map((document) => similarityOf(query, document)));
  const sum = rows.reduce((total, row) => total + row.reduce((part, score) => part + score, 0), 0);
  return {
    scores: Float64Array.from(rows.flat()),
    best: rows.map(bestIndex),
    average: sum / (queries.length * documents.length),
    metrics: relevant === null ? null : metricsOf(rows, relevant),
  };
}

serveComputations(Request, (request) => {
  switch (request.t) {
    case 'cluster':
      return kMeans(unpack(request.vectors), request.k, request.seed);
    case 'evaluate':
      return evaluate(unpack(request.queries), unpack(request.documents), request.relevant);
  }
});

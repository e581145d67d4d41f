/** Order of documents by similarity, and how good such an order is. */
import type { Metrics } from '../../../contract/models/retrieval.ts';

/** Cosine of two vectors of unit length, within its bounds in spite of rounding. */
export function similarityOf(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return Math.max(-1, Math.min(1, sum));
}

/** Indexes of the highest scores, best first; equal ones in their own order. */
export function bestOf(scores: readonly number[], count: number): number[] {
  const indexes = Array.from(scores.keys());
  return indexes.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b).slice(0, count);
}

/** Index of the highest score; of equal ones the first. */
export function bestIndex(scores: readonly number[]): number {
  let best = 0;
  scores.forEach((score, index) => {
    if (score > (scores[best] ?? 0)) best = index;
  });
  return best;
}

const RECALL_FAR = 5;
const GAIN_FAR = 10;

/** Gain of a relevant document at a place (0 is the first). */
const gainAt = (place: number) => 1 / Math.log2(place + 2);

/**
 * Quality of a ranking with known answers (definitions as in Manning, Raghavan and Schütze, "Introduction to Information Retrieval", ch. 8).
 * @param scores   one row for each query
 * @param relevant indexes of the right documents for each query; queries without any are left out
 * @returns means over the queries; null when there is none
 */
export function metricsOf(
  scores: readonly (readonly number[])[],
  relevant: readonly (readonly number[])[],
): Metrics | null {
  const each = scores.flatMap((row, query) => {
    const right = new Set(relevant[query]);
    return right.size === 0 ? [] : [metricsOfQuery(bestOf(row, row.length), right)];
  });
  if (each.length === 0) return null;
  const mean = (of: (one: Metrics) => number) => each.reduce((sum, one) => sum + of(one), 0) / each.length;
  return {
    mrr: mean(({ mrr }) => mrr),
    recall_at_1: mean(({ recall_at_1 }) => recall_at_1),
    recall_at_5: mean(({ recall_at_5 }) => recall_at_5),
    ndcg_at_10: mean(({ ndcg_at_10 }) => ndcg_at_10),
  };
}

function metricsOfQuery(ranked: readonly number[], right: ReadonlySet<number>): Metrics {
  const places = ranked.flatMap((document, place) => (right.has(document) ? [place] : []));
  const within = (depth: number) => places.filter((place) => place < depth);
  const sumOfGains = (all: readonly number[]) => all.reduce((sum, place) => sum + gainAt(place), 0);
  const ideal = Array.from({ length: Math.min(right.size, GAIN_FAR) }, (_, place) => place);
  return {
    mrr: 1 / ((places[0] ?? Number.POSITIVE_INFINITY) + 1),
    recall_at_1: within(1).length / right.size,
    recall_at_5: within(RECALL_FAR).length / right.size,
    ndcg_at_10: sumOfGains(within(GAIN_FAR)) / sumOfGains(ideal),
  };
}

import { expect, it } from 'vitest';
import { bestOf, metricsOf } from './ranking.ts';

it('orders by score, equal scores by their place', () => {
  expect(bestOf([0.1, 0.9, 0.9, -1], 3)).toEqual([1, 2, 0]);
  expect(bestOf([1, 2], 10)).toEqual([1, 0]);
});

// Worked out by hand.
it('measures rankings by their known answers, over queries that have any', () => {
  const scores = [
    [0.9, 0.8, 0.1],
    [0.1, 0.2, 0.3],
    [1, 1, 1],
  ];
  expect(metricsOf(scores, [[0], [0], []])).toEqual({
    mrr: (1 + 1 / 3) / 2,
    recall_at_1: 0.5,
    recall_at_5: 1,
    ndcg_at_10: (1 + 1 / Math.log2(4)) / 2,
  });
  expect(metricsOf(scores, [[1, 2], [0, 2], []])).toEqual({
    mrr: (0.5 + 1) / 2,
    recall_at_1: 0.25,
    recall_at_5: 1,
    ndcg_at_10:
      ((1 / Math.log2(3) + 1 / Math.log2(4)) / (1 + 1 / Math.log2(3)) +
        (1 + 1 / Math.log2(4)) / (1 + 1 / Math.log2(3))) /
      2,
  });
  expect(metricsOf(scores, [[], [], []])).toBeNull();
});

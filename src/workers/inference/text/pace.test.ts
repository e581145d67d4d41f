import { expect, test } from 'vitest';
import { createPace } from './pace.ts';

/** Sizes of the batches of a model that takes so long for a token. */
function sizesOf(largest: number, msPerToken: number, batches: number): number[] {
  const pace = createPace(largest);
  return Array.from({ length: batches }, () => {
    const { size } = pace;
    pace.took(size, size * msPerToken);
    return size;
  });
}

// Catches batches of one size: on a slow machine a cancel would wait a second for the one that is being computed.
test('a slow model computes few tokens at once, a fast one as many as it may', () => {
  expect(sizesOf(128, 10, 6)).toEqual([16, 16, 16, 16, 16, 16]);
  expect(sizesOf(128, 2, 6)).toEqual([16, 32, 60, 60, 60, 60]);
  expect(sizesOf(128, 0.1, 6)).toEqual([16, 32, 64, 128, 128, 128]);
  expect(sizesOf(4, 0.1, 3)).toEqual([4, 4, 4]);
});

test('a machine that becomes slow is noticed at once', () => {
  const pace = createPace(128);
  for (let n = 0; n < 5; n++) pace.took(pace.size, 1);
  expect(pace.size).toBe(128);
  pace.took(128, 1200);
  expect(pace.size).toBe(16);
});

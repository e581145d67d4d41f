import { expect, test } from 'vitest';
import { staleKeys } from './stale-keys.ts';

const DAY = 86_400_000;

// Catches a draft for each task that was ever run again, for ever.
test('drafts are given up after a month, or when there are a hundred newer ones', () => {
  const now = 100 * DAY;
  expect(staleKeys({ old: { at: 69 * DAY }, new: { at: 71 * DAY } }, now)).toEqual(['old']);
  const many = Object.fromEntries(Array.from({ length: 102 }, (_, n) => [`again:${n}`, { at: now - n }]));
  expect(staleKeys(many, now)).toEqual(['again:100', 'again:101']);
});

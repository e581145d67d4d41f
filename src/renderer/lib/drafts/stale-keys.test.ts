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

// Catches drafts that another tab has long saved, and that push what is not saved out of the storage.
test('those that another tab has ended go after a day, and before all others', () => {
  const now = 100 * DAY;
  expect(staleKeys({ old: { at: 98 * DAY, ended: true }, new: { at: now, ended: true } }, now)).toEqual(['old']);
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`typed:${n}`, { at: now - n }]));
  expect(staleKeys({ saved: { at: now, ended: true }, ...many }, now)).toEqual(['saved']);
});

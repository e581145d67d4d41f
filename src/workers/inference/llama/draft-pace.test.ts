import { expect, test } from 'vitest';
import { createDraftPace, type DraftPace } from './draft-pace.ts';

/** Goes on as the pace wants; a plain step takes 10 ms for its token. @returns how many of the steps were drafted */
function go(pace: DraftPace, steps: number, drafted: { tokens: number; ms: number }): number {
  let count = 0;
  for (let step = 0; step < steps; step++) {
    const isDrafted = pace.wants();
    if (isDrafted) count += 1;
    pace.took(isDrafted ? { isDrafted, ...drafted } : { isDrafted, tokens: 1, ms: 10 });
  }
  return count;
}

// Catches drafting on a machine where checking four tokens takes longer than writing those that come of it.
test('drafting that is slower is tried for a few steps and left', () => {
  const pace = createDraftPace();
  expect(go(pace, 6, { tokens: 2, ms: 30 })).toBe(0);
  expect(go(pace, 150, { tokens: 2, ms: 30 })).toBe(6);
  // Catches a text full of repetition that gets nothing, because the one before had none.
  expect(go(pace, 60, { tokens: 4, ms: 20 })).toBeGreaterThan(10);
});

test('drafting that is faster goes on, and the plain way is timed again from time to time', () => {
  const pace = createDraftPace();
  const drafted = go(pace, 206, { tokens: 3, ms: 20 });
  expect(drafted).toBeGreaterThan(190);
  expect(drafted).toBeLessThan(200);
  // Catches figures of an idle machine that are kept for ever: now that the steps take longer, it is left.
  expect(go(pace, 100, { tokens: 3, ms: 200 })).toBeLessThan(20);
});

// Catches a switch to and fro at every step when both are as fast.
test('equal is not faster', () => {
  const pace = createDraftPace();
  expect(go(pace, 150, { tokens: 2, ms: 20 })).toBe(6);
});

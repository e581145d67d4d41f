/** Windows over texts that are longer than a model takes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { windowsOf } from './windows.ts';

const sizes = { count: fc.integer({ min: 0, max: 20_000 }), capacity: fc.integer({ min: 8, max: 1_000 }) };

// Would catch: a token that no window answers for, and one that two do, which would be told twice or weigh double.
test('every token counts in exactly one window, in order', () => {
  fc.assert(
    fc.property(fc.record(sizes), ({ count, capacity }) => {
      let next = 0;
      for (const { first, last } of windowsOf(count, capacity)) {
        expect(first).toBe(next);
        expect(last).toBeGreaterThanOrEqual(first);
        next = last;
      }
      expect(next).toBe(count);
    }),
  );
});

// Would catch: a window beyond the text or the model, a short last one, and a token at the edge of what is read.
test('a window is as large as the model allows, and what counts in it has text on both sides', () => {
  fc.assert(
    fc.property(fc.record(sizes), ({ count, capacity }) => {
      const windows = windowsOf(count, capacity);
      const margin = Math.floor(Math.min(128, Math.floor(capacity / 4)) / 2);
      for (const { from, to, first, last } of windows) {
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to - from).toBe(Math.min(count, capacity));
        expect(to).toBeLessThanOrEqual(count);
        expect(first - from >= margin || from === 0).toBe(true);
        expect(to - last >= margin || to === count).toBe(true);
      }
      // No more of them than the overlap makes necessary.
      if (count > capacity)
        expect(windows.length).toBeLessThanOrEqual(1 + Math.ceil((count - capacity) / (capacity - 2 * margin - 1)));
    }),
  );
});

// Would catch: a text without tokens that is no window, so that a model never answers.
test('a text that fits is one window, even an empty one', () => {
  expect(windowsOf(0, 8)).toEqual([{ from: 0, to: 0, first: 0, last: 0 }]);
  expect(windowsOf(8, 8)).toEqual([{ from: 0, to: 8, first: 0, last: 8 }]);
});

test('a model without room for text says so', () => {
  for (const capacity of [7, 0, -20])
    expect(() => windowsOf(3, capacity)).toThrow(expect.objectContaining({ slug: 'context-length-exceeded' }));
});

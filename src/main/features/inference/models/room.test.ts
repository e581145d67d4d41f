import fc from 'fast-check';
import { expect, test } from 'vitest';
import { installed } from '../../../../../tests/support/models/source.ts';
import { doesNotFit, largestContext, roomOf } from './room.ts';

const MIB = 1024 * 1024;
const source = {
  memory: (
    { sizeBytes }: { sizeBytes: number },
    { contextLength, parallel }: { contextLength: number; parallel: number },
  ) => sizeBytes + contextLength * parallel * 1000,
};

test('a part of the memory is left to the rest of the machine', () => {
  expect([roomOf(1000 * MIB), roomOf(256 * MIB), roomOf(0)]).toEqual([744 * MIB, 0, 0]);
});

// Catches a search that ends one step too early, or gives a context that does not fit.
test('the largest context fits, and the next step does not', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200_000 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 0, max: 2_000 }),
      (contextLength, parallel, roomMb) => {
        const model = installed('m', '/x', { contextLength, sizeBytes: 100 * MIB });
        const room = roomMb * MIB;
        const fits = (length: number) => source.memory(model, { contextLength: length, parallel }) <= room;
        const largest = largestContext(source, model, parallel, room);
        if (largest === null) {
          expect(fits(Math.min(512, contextLength))).toBe(false);
          return;
        }
        expect(fits(largest)).toBe(true);
        expect(largest).toBeLessThanOrEqual(contextLength);
        if (largest < contextLength) expect(fits(Math.min(contextLength, largest + 256))).toBe(false);
      },
    ),
    { numRuns: 200 },
  );
});

test('a model of a short context is not asked for a longer one', () => {
  const model = installed('m', '/x', { contextLength: 128, sizeBytes: MIB });
  expect(largestContext(source, model, 1, 2 * MIB)).toBe(128);
  expect(largestContext(source, model, 1, MIB)).toBeNull();
});

test('a refusal says what is needed, rounded to the safe side, and what to do', () => {
  const model = installed('o/m', '/x');
  expect(doesNotFit(model, 100.1 * MIB, 99.9 * MIB, 2048)).toMatchObject({
    slug: 'out-of-memory',
    message: 'o/m needs 101 MB and 99 MB are free. A context of 2048 tokens would fit; or unload another model.',
    extra: { model: 'o/m', required_mb: 101, available_mb: 99, largest_context_length: 2048 },
  });
  expect(doesNotFit(model, MIB, 0, null).message).toContain('use a smaller variant');
});

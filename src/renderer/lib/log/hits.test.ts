import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextHit, shownHits } from './hits.ts';
import { createSearchIndex } from './search-index.ts';

const line = (seq: number, text: string) => ({ seq, text, data: null });

// Would catch: hits in lines that fell out of the window, were loaded twice, or belong to another log.
test('the index holds what the window holds, whatever moved it', () => {
  const index = createSearchIndex();
  index.keep(1, 3, [line(1, 'Needle'), line(2, 'hay'), line(3, 'a needle')]);
  expect(index.find('NEEDLE')).toEqual([1, 3]);
  // The window went on; then back, over lines it had let go.
  index.keep(3, 5, [line(4, 'hay'), line(5, 'needle')]);
  expect(index.find('needle')).toEqual([3, 5]);
  index.keep(1, 3, [line(2, 'hay'), line(1, 'needle')]);
  index.keep(1, 4, [line(4, 'needle')]);
  expect(index.find('needle')).toEqual([1, 3, 4]);
  index.clear();
  expect(index.find('')).toEqual([]);
});

// Would catch: “1 of 40” where Next can reach only two lines, because a level hides the others.
test('only lines that are shown count as hits, and marks of the viewer do not', () => {
  expect(shownHits([{ seq: 2 }, { seq: 4, mark: true }, { seq: 6 }], [1, 2, 4, 5, 6])).toEqual([2, 6]);
  expect(shownHits([{ seq: 2 }], [])).toEqual([]);
});

// Would catch: Next that stands still or skips hits when the hit it was at is gone, or does not reach all of them.
test('Next reaches every hit in order and begins again, Previous goes the same way back', () => {
  expect(nextHit([], 3, 1)).toBeNull();
  expect(nextHit([5, 7], 6, 1)).toBe(7);
  expect(nextHit([5, 7], 6, -1)).toBe(5);
  expect(nextHit([5, 7], 7, 1)).toBe(5);
  expect(nextHit([5, 7], 5, -1)).toBe(7);
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(1_000), { minLength: 1 }), (unsorted) => {
      const hits = unsorted.sort((a, b) => a - b);
      let at: number | null = null;
      const visited = hits.map(() => {
        at = nextHit(hits, at, 1);
        return at;
      });
      expect(visited).toEqual(hits);
      const back = hits.map(() => {
        const here = at;
        at = nextHit(hits, at, -1);
        return here;
      });
      expect(back).toEqual([...hits].reverse());
    }),
  );
});

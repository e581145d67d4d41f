import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TreeRow } from './step-tree.ts';
import { treeKey } from './tree-keys.ts';

const row = (id: string, depth: number, hasChildren: boolean): TreeRow => ({
  ...{ id, depth, hasChildren, position: 1, siblings: 1, name: id, state: 'running' },
  ...{ segments: [], step: null, attempt: null },
});
/** Two attempts; the first has a step with two steps in it, the second one step. */
const ROWS = [
  row('one', 0, true),
  row('outer', 1, true),
  row('inner', 2, false),
  row('last', 2, false),
  row('two', 0, true),
  row('only', 1, false),
];
const press = (key: string, index: number, folded: string[] = [], rows = ROWS) =>
  treeKey({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false }, rows, index, new Set(folded), 4);

describe('keys of the tree', () => {
  // Catches a selection outside of the rows: the tree would point to nothing and the keys would stop working.
  test('whatever is pressed, the chosen row is one of the rows', () => {
    const keys = ['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'PageDown', 'PageUp', 'Home', 'End', 'x'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...keys)), fc.subarray(['one', 'outer', 'two']), (all, folded) => {
        let index = -1;
        for (const key of all) {
          const act = press(key, index, folded);
          if (act?.type === 'select') index = act.index;
          expect(index).toBeLessThan(ROWS.length);
          expect(index).toBeGreaterThanOrEqual(-1);
        }
      }),
    );
  });

  // The table of the WAI-ARIA tree pattern. Catches an arrow that moves where it should fold, or the other way round.
  test.each([
    ['ArrowRight', 'one', ['one'], { type: 'fold', id: 'one', folded: false }],
    ['ArrowRight', 'one', [], { type: 'select', index: 1 }],
    ['ArrowRight', 'inner', [], null],
    ['ArrowLeft', 'outer', [], { type: 'fold', id: 'outer', folded: true }],
    ['ArrowLeft', 'outer', ['outer'], { type: 'select', index: 0 }],
    ['ArrowLeft', 'last', [], { type: 'select', index: 1 }],
    ['ArrowLeft', 'only', [], { type: 'select', index: 4 }],
    ['ArrowLeft', 'two', ['two'], null],
    ['Home', 'only', [], { type: 'select', index: 0 }],
    ['End', 'one', [], { type: 'select', index: 5 }],
    ['PageDown', 'one', [], { type: 'select', index: 3 }],
    ['PageUp', 'inner', [], { type: 'select', index: 0 }],
    ['Enter', 'one', [], null],
  ] as const)('%s on %s with %j folded', (key, id, folded, act) => {
    expect(
      press(
        key,
        ROWS.findIndex((each) => each.id === id),
        [...folded],
      ),
    ).toEqual(act);
  });

  // Catches keys of the zoom and of the browser that are swallowed by the tree.
  test('a key with a modifier is none of the tree', () => {
    for (const modifier of ['shiftKey', 'ctrlKey', 'metaKey', 'altKey']) {
      const event = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, [modifier]: true };
      expect(treeKey({ ...event, key: 'ArrowRight' }, ROWS, 0, new Set(), 4)).toBeNull();
    }
  });

  test('the first key of any direction chooses the first row, and a window of no height still moves', () => {
    expect(press('ArrowRight', -1)).toEqual({ type: 'select', index: 0 });
    expect(press('ArrowLeft', -1)).toEqual({ type: 'select', index: 0 });
    const event = { key: 'PageDown', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
    expect(treeKey(event, ROWS, 0, new Set(), 0)).toEqual({ type: 'select', index: 1 });
  });
});

import { expect, test } from 'vitest';
import { holdOrder } from './hold-order.ts';

const id = (row: { id: string }) => row.id;
const rows = (...ids: string[]) => ids.map((value) => ({ id: value }));

test('rows do not move under the pointer: new ones are counted, further pages are added, gone ones leave', () => {
  const held = holdOrder(['b', 'c', 'd'], rows('a', 'c', 'b', 'x', 'e'), id);
  expect(held.rows.map(id)).toEqual(['b', 'c', 'x', 'e']);
  expect(held.fresh).toBe(1);
});

// Catches an empty list after everything that was shown has been deleted.
test('with the last held row gone, the list is shown as it is', () => {
  expect(holdOrder(['a', 'b'], rows('c', 'd'), id)).toEqual({ rows: rows('c', 'd'), fresh: 0 });
});

test('an update shows at once although the order is held', () => {
  const held = holdOrder(['a'], [{ id: 'a', state: 'failed' }], id);
  expect(held.rows[0]).toEqual({ id: 'a', state: 'failed' });
});

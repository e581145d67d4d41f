import { expect, test } from 'vitest';
import { type Column, fitting, nextSort } from './columns.ts';
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

test('a narrow table lets its least important columns go instead of squeezing the name', () => {
  const column = (name: string, width?: number, drop?: number): Column<object> => ({
    id: name,
    title: name,
    cell: () => null,
    ...(width === undefined ? {} : { width }),
    ...(drop === undefined ? {} : { drop }),
  });
  const columns = [column('state', 100), column('name'), column('kind', 80, 2), column('size', 80, 1)];
  expect(fitting(columns, 1_000).map(id)).toEqual(['state', 'name', 'kind', 'size']);
  expect(fitting(columns, 420).map(id)).toEqual(['state', 'name', 'size']);
  expect(fitting(columns, 100).map(id)).toEqual(['state', 'name']);
});

test('a header goes down, up, then back to the default order', () => {
  expect(nextSort(undefined, 'name')).toBe('-name');
  expect(nextSort('-name', 'name')).toBe('name');
  expect(nextSort('name', 'name')).toBeUndefined();
  expect(nextSort('name', 'size')).toBe('-size');
});

import { expect, test } from 'vitest';
import { dropPlace } from './column-drag.ts';
import { type Column, fitting, nextSort } from './columns.ts';

const id = (column: { id: string }) => column.id;

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

// Catches a column that is put one place too far, or moves although it is dropped where it was.
test('a dragged column goes to the place of the head under the pointer', () => {
  const heads = [0, 100, 200].map((left) => ({ left, right: left + 100 }));
  expect(dropPlace(heads, 0, 150)).toEqual({ to: 1, side: 'after' });
  expect(dropPlace(heads, 0, 900)).toEqual({ to: 2, side: 'after' });
  expect(dropPlace(heads, 2, -20)).toEqual({ to: 0, side: 'before' });
  expect(dropPlace(heads, 1, 150)).toBeNull();
  expect(dropPlace([], 0, 10)).toBeNull();
});

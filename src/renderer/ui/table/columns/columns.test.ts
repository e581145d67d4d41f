import { expect, expectTypeOf, test } from 'vitest';
import type { taskRecord } from '../../../../contract/automation/tasks.ts';
import type { SortOf } from '../../../../contract/kernel/sorts.ts';
import { dropPlace } from './column-drag.ts';
import { type AnyColumn, type Column, fitting, laidOut, nextSort } from './columns.ts';

const id = (column: { id: string }) => column.id;

test('a narrow table lets its least important columns go instead of squeezing the name', () => {
  const column = (name: string, width?: number, drop?: number): AnyColumn<object> => ({
    id: name,
    title: name,
    unsorted: 'no order',
    cell: () => null,
    ...(width === undefined ? {} : { width }),
    ...(drop === undefined ? {} : { drop }),
  });
  const columns = [column('state', 100), column('name'), column('kind', 80, 2), column('size', 80, 1)];
  expect(fitting(columns, 1_000).map(id)).toEqual(['state', 'name', 'kind', 'size']);
  expect(fitting(columns, 420).map(id)).toEqual(['state', 'name', 'size']);
  expect(fitting(columns, 220).map(id)).toEqual(['state', 'name']);
  // Beside an inspector in half a screen: the state is in the inspector too, a name of three letters is none.
  expect(fitting(columns, 219).map(id)).toEqual(['name']);
});

// Catches a name that is cut beside empty room, and an edge that is elsewhere than where it was dragged to.
test('what is left goes to columns that may grow; where each has a width, the others have exactly theirs', () => {
  const column = (name: string, width?: number, grow?: number): AnyColumn<object> => ({
    ...{ id: name, title: name, unsorted: 'no order', cell: () => null },
    ...(width === undefined ? {} : { width }),
    ...(grow === undefined ? {} : { grow }),
  });
  const widths = (columns: readonly AnyColumn<object>[], px: number) => laidOut(columns, px).map(({ width }) => width);
  const columns = [column('state', 100), column('name'), column('profile', 120, 240)];
  expect(widths(columns, 1_000)).toEqual([100, undefined, 240]);
  expect(widths(columns, 540)).toEqual([100, undefined, 170]);
  expect(widths(columns, 400)).toEqual([100, undefined, 120]);
  expect(widths([column('state', 100), column('name', 400), column('profile', 120, 120)], 1_000)).toEqual([
    100,
    400,
    undefined,
  ]);
});

// Catches the next column of a list that nobody can sort by, and one with an order that the server does not have: neither compiles.
test('a column is sorted by an order of its list, or says why by none', () => {
  type TaskColumn = Column<object, SortOf<typeof taskRecord>>;
  const bare = { id: 'a', title: 'A', cell: () => null };
  expectTypeOf(bare).not.toExtend<TaskColumn>();
  expectTypeOf<typeof bare & { sort: string }>().not.toExtend<TaskColumn>();
  expectTypeOf<typeof bare & { sort: 'colour' }>().not.toExtend<TaskColumn>();
  expectTypeOf<typeof bare & { sort: 'duration_ms' }>().toExtend<TaskColumn>();
  expectTypeOf<typeof bare & { unsorted: string }>().toExtend<TaskColumn>();
  expectTypeOf<typeof bare & { sort: 'id' }>().not.toExtend<Column<object>>();
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

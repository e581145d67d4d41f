import { act, renderHook } from '@testing-library/react';
import { expect, test } from 'vitest';
import { useCursor } from '../../../../src/renderer/ui/table/navigation/use-cursor.ts';
import { useSelection } from '../../../../src/renderer/ui/table/navigation/use-selection.ts';

// Catches Shift and a click that tick every row from the top, and the Delete after it.
test('a range whose first row is gone is the row that was clicked', () => {
  const { result, rerender } = renderHook(({ ids }) => useCursor(ids, null), {
    initialProps: { ids: ['a', 'b', 'c', 'd', 'e'] },
  });
  act(() => result.current.move('b'));
  rerender({ ids: ['a', 'c', 'd', 'e'] });
  let range: string[] = [];
  act(() => {
    range = result.current.extend('d');
  });
  expect(range).toEqual(['d']);
  // The clicked row is where the range starts from then on.
  act(() => {
    range = result.current.extend('e');
  });
  expect(range).toEqual(['d', 'e']);
});

// Catches ticks of rows that are gone: acted on unseen, and counted as if each loaded row had one.
test('a row that is gone from the list is no longer chosen', () => {
  const { result, rerender } = renderHook(({ ids }) => useSelection('all', ids), {
    initialProps: { ids: ['a', 'b', 'c'] },
  });
  act(() => result.current.put(['a', 'b'], true));
  rerender({ ids: ['b', 'c'] });
  expect(result.current.ids).toEqual(['b']);
  act(() => result.current.put(['c'], true));
  expect(result.current.ids).toEqual(['b', 'c']);
});

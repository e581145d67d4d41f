/** Rows of a list that change while they are shown. */
import { act, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import { DataTable } from '../../../../src/renderer/ui/table/data-table.tsx';
import { renderPanel } from '../../../support/panel.tsx';
import { COLUMNS, FIVE, type Fruit, fruits, show, shown, subject, table } from './fruits.harness.tsx';

// Catches rows that change places under the pointer between aiming and clicking.
test('under the pointer the order is held and new rows are counted; the pill, leaving or another filter lets them in', async () => {
  const change = { rows: (_rows: Fruit[]) => {}, key: (_key: string) => {} };
  function Live() {
    const [rows, setRows] = useState(FIVE);
    const [key, setKey] = useState('');
    Object.assign(change, { rows: setRows, key: setKey });
    return (
      <DataTable name="fruits" label="Fruits" rows={rows} idOf={({ name }) => name} columns={COLUMNS} resetKey={key} />
    );
  }
  await using panel = await renderPanel(subject, <Live />);
  const frame = table().parentElement?.parentElement;
  if (!frame) throw new Error('no frame');
  await panel.user.hover(frame);
  change.rows(fruits('new', 'elder', 'apple', 'banana'));
  await screen.findByRole('button', { name: '1 new' });
  expect(shown()).toEqual(['apple', 'banana', 'elder']);
  await panel.user.click(screen.getByRole('button', { name: '1 new' }));
  expect(shown()).toEqual(['new', 'elder', 'apple', 'banana']);

  await panel.user.unhover(frame);
  await panel.user.hover(frame);
  change.rows(FIVE);
  await screen.findByRole('button', { name: '2 new' });
  change.key('other filters');
  await waitFor(() => expect(shown()).toEqual(['apple', 'banana', 'cherry', 'date', 'elder']));
});

// Catches ten thousand rows in the page, and a next page that is asked for only at the very end, or never.
test('of a long list only what is in view is in the page, and the next page is asked for ahead', async () => {
  const asked: number[] = [];
  const long = fruits(...Array.from({ length: 10_000 }, (_, index) => `f${index}`));
  await using _panel = await show({ rows: long, loadMore: () => asked.push(long.length) });
  expect(shown().length).toBeLessThan(60);
  expect(table().getAttribute('aria-rowcount')).toBe('10001');
  expect(asked).toEqual([]);
});

// Catches a switch to a list that waits for rows which nobody sees, and one that is drawn twice because its width is not known at first.
test('the first frame has the rows and columns that there is room for, and no others', async () => {
  const idle: (() => void)[] = [];
  vi.spyOn(globalThis, 'requestIdleCallback').mockImplementation((run) =>
    idle.push(() => run({ didTimeout: false, timeRemaining: () => 0 })),
  );
  const long = fruits(...Array.from({ length: 1_000 }, (_, index) => `f${index}`));
  const wide = COLUMNS.map((column) => ({
    ...column,
    hidden: false,
    ...(column.id === 'note' ? { width: 1_200, drop: 1 } : {}),
  }));
  await using _panel = await show({ rows: long, columns: wide });
  const first = shown().length;
  expect(first).toBe(800 / 32);
  expect(screen.queryByText('ripe')).toBeNull();
  act(() => {
    for (const run of idle) run();
  });
  expect(shown().length).toBe(first + 12);
});

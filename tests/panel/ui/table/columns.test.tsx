/** Columns of a list: chosen, moved, resized, sorted by. */
import { screen, within } from '@testing-library/react';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { useView } from '../../../../src/renderer/lib/view-store.ts';
import { ColumnsMenu } from '../../../../src/renderer/ui/table/columns/columns-menu.tsx';
import { DataTable } from '../../../../src/renderer/ui/table/data-table.tsx';
import { renderPanel } from '../../../support/panel.tsx';
import { COLUMNS, FIVE, row, show, subject } from './fruits.harness.tsx';

// Catches columns that only the pointer can move, and a layout that is forgotten.
test('columns are moved and resized by keys, and stay so', async () => {
  const titles = () => screen.getAllByRole('columnheader').flatMap(({ textContent }) => textContent || []);
  await using panel = await show();
  expect(titles()).toEqual(['Name', 'Size']);
  screen.getByRole('separator', { name: 'Width of Size' }).focus();
  await panel.user.keyboard('{Alt>}{ArrowLeft}{/Alt}');
  expect(titles()).toEqual(['Size', 'Name']);
  expect(within(row('cherry')).getAllByRole('cell').at(-1)?.textContent).toBe('cherry');
  screen.getByRole('separator', { name: 'Width of Size' }).focus();
  await panel.user.keyboard('{ArrowRight}');
  expect(useView.getState().widths.fruits).toEqual({ size: 48 });
  expect(useView.getState().order.fruits).toEqual(['size', 'name']);
  await panel.user.dblClick(screen.getByRole('separator', { name: 'Width of Size' }));
  expect(useView.getState().widths.fruits).toEqual({});
});

// Catches a head that sorts on the page only, or forgets the way back to the server's order.
test('a head asks for its sort: down, up, then none; a column without a sort is no button', async () => {
  const asked: (string | undefined)[] = [];
  function Sorted() {
    const [sort, setSort] = useState<string | undefined>();
    return (
      <DataTable
        name="fruits"
        label="Fruits"
        rows={FIVE}
        idOf={({ name }) => name}
        columns={[...COLUMNS.slice(0, 2), { id: 'note', title: 'Note', unsorted: 'all the same', cell: () => 'ripe' }]}
        sort={sort}
        onSort={(next) => {
          setSort(next);
          asked.push(next);
        }}
      />
    );
  }
  await using panel = await renderPanel(subject, <Sorted />);
  const head = screen.getByRole('columnheader', { name: 'Size' });
  for (const order of ['descending', 'ascending', null]) {
    await panel.user.click(within(head).getByRole('button'));
    expect(head.getAttribute('aria-sort')).toBe(order);
  }
  expect(asked).toEqual(['-size', 'size', undefined]);
  expect(within(screen.getByRole('columnheader', { name: 'Note' })).queryByRole('button')).toBeNull();
});

// Catches a choice of columns that is lost with a reload, or that hides the column with the name.
test('columns are shown and hidden by the menu, and the choice is remembered', async () => {
  const both = (
    <>
      <ColumnsMenu name="fruits" columns={COLUMNS} />
      <DataTable name="fruits" label="Fruits" rows={FIVE} idOf={({ name }) => name} columns={COLUMNS} />
    </>
  );
  const heads = () => screen.getAllByRole('columnheader').map(({ textContent }) => textContent);
  {
    await using panel = await renderPanel(subject, both);
    expect(heads()).toEqual(['Name', 'Size']);
    await panel.user.click(screen.getByRole('button', { name: 'Columns' }));
    const items = await screen.findAllByRole('menuitemcheckbox');
    expect(items.map((item) => [item.textContent, item.getAttribute('aria-checked')])).toEqual([
      ['Size', 'true'],
      ['Note', 'false'],
    ]);
    for (const item of items) await panel.user.click(item);
    expect(heads()).toEqual(['Name', 'Note']);
  }
  await using _again = await renderPanel(subject, both);
  expect(heads()).toEqual(['Name', 'Note']);
});

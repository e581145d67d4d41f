/** The list of every screen: what keys, clicks and live changes do to its rows. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useState } from 'react';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { useView } from '../../../src/renderer/lib/view-store.ts';
import type { Column } from '../../../src/renderer/ui/table/columns.ts';
import { ColumnsMenu } from '../../../src/renderer/ui/table/columns-menu.tsx';
import { DataTable } from '../../../src/renderer/ui/table/data-table.tsx';
import type { DataTableProps } from '../../../src/renderer/ui/table/data-table-props.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel, type TestPanel } from '../../support/panel.tsx';

interface Fruit {
  name: string;
  size: number;
}

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());
beforeEach(() => useView.setState({ hidden: {}, widths: {}, order: {} }));

const COLUMNS: readonly Column<Fruit>[] = [
  { id: 'name', title: 'Name', sort: 'name', fixed: true, cell: ({ name }) => name },
  { id: 'size', title: 'Size', num: true, sort: 'size', cell: ({ size }) => size },
  { id: 'note', title: 'Note', hidden: true, cell: () => 'ripe' },
];
const fruits = (...names: string[]): Fruit[] => names.map((name, index) => ({ name, size: index }));
const FIVE = fruits('apple', 'banana', 'cherry', 'date', 'elder');

const table = () => screen.getByRole('grid', { name: 'Fruits' });
const shown = () =>
  within(table())
    .getAllByRole('row')
    .flatMap((row) => row.dataset.id ?? []);
const selected = () => shown().filter((id) => row(id).getAttribute('aria-selected') === 'true');
const row = (id: string): HTMLElement => {
  const found = within(table())
    .getAllByRole('row')
    .find((each) => each.dataset.id === id);
  if (found === undefined) throw new Error(`no row ${id}`);
  return found;
};
const cursor = () => table().getAttribute('aria-activedescendant')?.replace('fruits-', '');

const show = (props: Partial<DataTableProps<Fruit>> = {}): Promise<TestPanel> =>
  renderPanel(
    subject,
    <DataTable
      name="fruits"
      label="Fruits"
      rows={FIVE}
      idOf={({ name }) => name}
      columns={COLUMNS}
      bulk={({ ids, all }) => <output>{all === null ? ids.join(' ') : `all ${all}`}</output>}
      {...props}
    />,
  );

// Catches a list in which the first key does nothing until the user has clicked into it.
test('the list has the focus when nothing else has, and arrows move from its first row to its last and no further', async () => {
  await using panel = await show();
  expect(document.activeElement).toBe(table());
  await panel.user.keyboard('{ArrowDown}');
  expect(cursor()).toBe('apple');
  await panel.user.keyboard('{ArrowUp}{ArrowUp}');
  expect(cursor()).toBe('apple');
  await panel.user.keyboard('{End}');
  expect(cursor()).toBe('elder');
  await panel.user.keyboard('{ArrowDown}{PageDown}');
  expect(cursor()).toBe('elder');
  await panel.user.keyboard('{Home}');
  expect(cursor()).toBe('apple');
  await panel.user.keyboard('jj');
  expect(cursor()).toBe('cherry');
  await panel.user.keyboard('k');
  expect(cursor()).toBe('banana');
});

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

// Catches a range that loses its other end with the second press.
test('Shift extends one range from where it began, in both directions', async () => {
  await using panel = await show();
  await panel.user.keyboard('{ArrowDown}{ArrowDown}{Shift>}{ArrowDown}{ArrowDown}{/Shift}');
  expect(selected()).toEqual(['banana', 'cherry', 'date']);
  await panel.user.keyboard('{Shift>}{Home}{/Shift}');
  expect(selected()).toEqual(['apple', 'banana', 'cherry', 'date']);
  await panel.user.keyboard('{Escape}');
  expect(selected()).toEqual([]);
  fireEvent.click(row('elder'));
  fireEvent.click(row('cherry'), { shiftKey: true });
  expect(selected()).toEqual(['cherry', 'date', 'elder']);
});

// Catches a range that selects invisibly in a list without actions on a selection.
test('a list without actions on a selection has no ticks, and Shift moves the cursor only', async () => {
  await using panel = await renderPanel(
    subject,
    <DataTable name="fruits" label="Fruits" rows={FIVE} idOf={({ name }) => name} columns={COLUMNS} />,
  );
  expect(screen.queryByRole('checkbox')).toBeNull();
  await panel.user.keyboard('{ArrowDown}{Shift>}{ArrowDown}{/Shift}x');
  expect(cursor()).toBe('banana');
  expect(selected()).toEqual([]);
});

// Catches a bar that acts on rows whose tick was taken away, or goes on showing after the last one.
test('the bar acts on the ticked rows, and leaves with the last of them', async () => {
  await using panel = await show();
  const [all, first] = screen.getAllByRole('checkbox');
  if (all === undefined || first === undefined) throw new Error('no ticks');
  await panel.user.click(first);
  await panel.user.click(within(row('cherry')).getByRole('checkbox'));
  expect(screen.getByRole('status').textContent).toBe('apple cherry');
  expect((all as HTMLInputElement).checked).toBe(false);
  await panel.user.click(first);
  expect(screen.getByRole('status').textContent).toBe('cherry');
  await panel.user.click(all);
  expect(selected()).toEqual(['apple', 'banana', 'cherry', 'date', 'elder']);
  expect((all as HTMLInputElement).checked).toBe(true);
  await panel.user.click(screen.getByRole('button', { name: 'Clear' }));
  expect(screen.queryByRole('toolbar')).toBeNull();
});

// Catches a click on a tick or link that opens the row as well.
test('a click peeks, a second one or Enter opens; a click on the tick does neither', async () => {
  const peeked: (string | null)[] = [];
  const opened: string[] = [];
  await using panel = await show({
    onPeek: (id) => peeked.push(id),
    onOpen: ({ name }) => opened.push(name),
  });
  await panel.user.click(within(row('date')).getByRole('checkbox'));
  expect([peeked, opened]).toEqual([[], []]);
  await panel.user.click(within(row('banana')).getByText('banana'));
  expect([peeked, opened]).toEqual([['banana'], []]);
  await panel.user.dblClick(within(row('cherry')).getByText('cherry'));
  expect(opened).toEqual(['cherry']);
  table().focus();
  await panel.user.keyboard('{Enter}');
  expect(opened).toEqual(['cherry', 'cherry']);
});

// Catches a pane beside the list that stays at a row while the cursor walks on, or that opens by moving alone.
test('an open peek follows the cursor, Space closes it, and a closed one stays closed', async () => {
  function Peeking() {
    const [peek, setPeek] = useState<string | null>('banana');
    return (
      <>
        <DataTable
          name="fruits"
          label="Fruits"
          rows={FIVE}
          idOf={({ name }) => name}
          columns={COLUMNS}
          peek={peek}
          onPeek={setPeek}
        />
        <output>{peek ?? 'closed'}</output>
      </>
    );
  }
  await using panel = await renderPanel(subject, <Peeking />);
  const peek = () => screen.getByRole('status').textContent;
  await panel.user.keyboard('{ArrowDown}');
  expect(peek()).toBe('cherry');
  await panel.user.keyboard(' ');
  expect(peek()).toBe('closed');
  await panel.user.keyboard('{ArrowDown}');
  expect([peek(), cursor()]).toEqual(['closed', 'date']);
  await panel.user.keyboard(' ');
  expect(peek()).toBe('date');
});

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
        columns={[...COLUMNS.slice(0, 2), { id: 'note', title: 'Note', cell: () => 'ripe' }]}
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

// Catches ten thousand rows in the page, and a next page that is asked for only at the very end, or never.
test('of a long list only what is in view is in the page, and the next page is asked for ahead', async () => {
  const asked: number[] = [];
  const long = fruits(...Array.from({ length: 10_000 }, (_, index) => `f${index}`));
  await using _panel = await show({ rows: long, loadMore: () => asked.push(long.length) });
  expect(shown().length).toBeLessThan(60);
  expect(table().getAttribute('aria-rowcount')).toBe('10001');
  expect(asked).toEqual([]);
});

// Catches an index past the end when the rows under the cursor are gone.
test('an empty list, and one that becomes empty, take every key', async () => {
  const change = { rows: (_rows: Fruit[]) => {} };
  function Live() {
    const [rows, setRows] = useState(FIVE);
    change.rows = setRows;
    return <DataTable name="fruits" label="Fruits" rows={rows} idOf={({ name }) => name} columns={COLUMNS} />;
  }
  await using panel = await renderPanel(subject, <Live />);
  await panel.user.keyboard('{End}');
  expect(cursor()).toBe('elder');
  change.rows([]);
  await waitFor(() => expect(shown()).toEqual([]));
  await panel.user.keyboard('{ArrowDown}{Home}{End}{PageUp}jk ');
  expect(cursor()).toBeUndefined();
  change.rows(fruits('fig'));
  await waitFor(() => expect(shown()).toEqual(['fig']));
  await panel.user.keyboard('{ArrowDown}');
  expect(cursor()).toBe('fig');
});

/** A list of fruits on a real host. */
import { screen, within } from '@testing-library/react';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { useView } from '../../../../src/renderer/lib/view-store.ts';
import type { AnyColumn } from '../../../../src/renderer/ui/table/columns/columns.ts';
import { DataTable } from '../../../../src/renderer/ui/table/data-table.tsx';
import type { DataTableProps } from '../../../../src/renderer/ui/table/data-table-props.ts';
import { createTestHost, type TestHost } from '../../../support/host.ts';
import { renderPanel, type TestPanel } from '../../../support/panel.tsx';

export interface Fruit {
  name: string;
  size: number;
}

export let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());
beforeEach(() => useView.setState({ hidden: {}, widths: {}, order: {} }));

export const COLUMNS: readonly AnyColumn<Fruit>[] = [
  { id: 'name', title: 'Name', sort: 'name', fixed: true, cell: ({ name }) => name },
  { id: 'size', title: 'Size', num: true, sort: 'size', cell: ({ size }) => size },
  { id: 'note', title: 'Note', hidden: true, unsorted: 'every fruit has the same', cell: () => 'ripe' },
];
export const fruits = (...names: string[]): Fruit[] => names.map((name, index) => ({ name, size: index }));
export const FIVE = fruits('apple', 'banana', 'cherry', 'date', 'elder');

export const table = () => screen.getByRole('grid', { name: 'Fruits' });
export const shown = () =>
  within(table())
    .getAllByRole('row')
    .flatMap((row) => row.dataset.id ?? []);
export const selected = () => shown().filter((id) => row(id).getAttribute('aria-selected') === 'true');
export const row = (id: string): HTMLElement => {
  const found = within(table())
    .getAllByRole('row')
    .find((each) => each.dataset.id === id);
  if (found === undefined) throw new Error(`no row ${id}`);
  return found;
};
export const cursor = () => table().getAttribute('aria-activedescendant')?.replace('fruits-', '');

export const show = (props: Partial<DataTableProps<Fruit>> = {}): Promise<TestPanel> =>
  renderPanel(
    subject,
    <DataTable
      name="fruits"
      label="Fruits"
      rows={FIVE}
      idOf={({ name }) => name}
      titleOf={({ name }) => name}
      columns={COLUMNS}
      bulk={({ ids, all }) => <output>{all === null ? ids.join(' ') : `all ${all}`}</output>}
      {...props}
    />,
  );

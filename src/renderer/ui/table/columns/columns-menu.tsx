import { Menu } from '@mantine/core';
import { Check, Columns3 } from 'lucide-react';
import { useView } from '../../../lib/view-store.ts';
import { buttonClass } from '../../buttons.tsx';
import { type AnyColumn, hiddenOf } from './columns.ts';

/** Chooses which columns of a table are shown. */
export function ColumnsMenu<R>({ name, columns }: { name: string; columns: readonly AnyColumn<R>[] }) {
  const hidden = hiddenOf(
    columns,
    useView((view) => view.hidden[name]),
  );
  const setHidden = useView((view) => view.setHidden);
  const flip = (id: string) =>
    setHidden(name, hidden.includes(id) ? hidden.filter((item) => item !== id) : [...hidden, id]);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <button
          type="button"
          className={buttonClass({ kind: 'ghost', small: true, icon: true })}
          aria-label="Columns"
          title="Columns"
        >
          <Columns3 size={14} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Columns</Menu.Label>
        {columns
          .filter((column) => !column.fixed)
          .map((column) => (
            <Menu.CheckboxItem
              key={column.id}
              checked={!hidden.includes(column.id)}
              checkIcon={<Check size={14} />}
              onChange={() => flip(column.id)}
            >
              {column.title}
            </Menu.CheckboxItem>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}

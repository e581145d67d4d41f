/** What keys and clicks do in a list. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { MenuAction } from '../../../../src/renderer/ui/menu-action.tsx';
import { DataTable } from '../../../../src/renderer/ui/table/data-table.tsx';
import { renderPanel } from '../../../support/panel.tsx';
import {
  COLUMNS,
  cursor,
  FIVE,
  type Fruit,
  fruits,
  row,
  selected,
  show,
  shown,
  subject,
  table,
} from './fruits.harness.tsx';

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

// Catches a menu for every row in the page, one that acts on another row, and actions that only the mouse reaches.
test('one menu serves all rows: by the button of a row, the second mouse button, and a key for the row with the cursor', async () => {
  const done: string[] = [];
  await using panel = await show({
    menu: ({ name }) => <MenuAction title="Peel" run={() => done.push(name)} />,
  });
  expect(screen.queryByRole('menu')).toBeNull();
  const peel = async () => panel.user.click(await screen.findByRole('menuitem', { name: 'Peel' }));
  await panel.user.click(screen.getByRole('button', { name: 'Actions for banana' }));
  expect(screen.getAllByRole('menu')).toHaveLength(1);
  await peel();
  await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
  expect(document.activeElement).toBe(table());
  await panel.user.pointer({ keys: '[MouseRight]', target: within(row('date')).getByText('date') });
  await peel();
  await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
  await panel.user.keyboard('{ArrowDown}{Shift>}{F10}{/Shift}');
  await peel();
  expect(done).toEqual(['banana', 'date', 'apple']);
});

// Catches an action that cannot work and is offered as if it could, or that hides why.
test('an action that is blocked stays in the menu, says why, and does nothing', async () => {
  const done: string[] = [];
  await using panel = await show({
    menu: ({ name }) => <MenuAction title="Peel" blocked="Not ripe" run={() => done.push(name)} />,
  });
  await panel.user.click(screen.getByRole('button', { name: 'Actions for banana' }));
  const item = await screen.findByRole('menuitem', { name: 'Peel' });
  expect(item.getAttribute('aria-disabled')).toBe('true');
  expect(item.title).toBe('Not ripe');
  expect(item.getAttribute('aria-description')).toBe('Not ripe');
  await panel.user.click(item);
  expect(done).toEqual([]);
  expect(screen.getByRole('menu')).toBeTruthy();
});

// Catches an Escape that closes the menu and the pane beside the list with it.
test('Escape closes the menu of a row and nothing else', async () => {
  const escaped: string[] = [];
  const note = ({ key }: KeyboardEvent) => escaped.push(key);
  window.addEventListener('keydown', note);
  await using panel = await show({ menu: () => <MenuAction title="Peel" run={() => undefined} /> });
  await panel.user.click(screen.getByRole('button', { name: 'Actions for banana' }));
  await screen.findByRole('menuitem', { name: 'Peel' });
  await panel.user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
  window.removeEventListener('keydown', note);
  expect(escaped).toEqual([]);
});

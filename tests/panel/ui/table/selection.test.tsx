/** Selected rows and the bar that acts on them. */
import { fireEvent, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { row, selected, show } from './fruits.harness.tsx';

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

// Catches a word that is marked by the double click that opens its row, and stays so on the next screen.
test('neither a double click nor a range marks the words of the rows', async () => {
  await using panel = await show({ onOpen: () => undefined });
  await panel.user.dblClick(screen.getByText('cherry'));
  expect(getSelection()?.toString()).toBe('');
  expect(fireEvent.mouseDown(screen.getByText('cherry'), { shiftKey: true })).toBe(false);
  expect(fireEvent.mouseDown(screen.getByText('cherry'))).toBe(true);
});

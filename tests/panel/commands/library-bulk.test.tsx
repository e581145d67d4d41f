/** Selected commands of the library, against a real host. */
import { screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CommandsScreen } from '../../../src/renderer/features/commands/commands-screen.tsx';
import { useDrafts } from '../../../src/renderer/lib/drafts/drafts.ts';
import { useView } from '../../../src/renderer/lib/view-store.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

/** More than one page of the list. */
const MANY = 120;

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
  const make = (name: string, folder: string | null) =>
    subject.host.client.call('commands_create', { name, folder, kind: 'process', spec: { argv: ['true'] } });
  for (const name of ['Plum', 'Apple', 'Pear 10', 'Pear 2']) await make(name, 'Fruit');
  for (let made = 1; made <= MANY; made += 1) await make(`Filler ${made}`, null);
});
afterAll(() => subject[Symbol.asyncDispose]());
beforeEach(() => {
  localStorage.clear();
  useDrafts.setState({ entries: {} });
  useView.setState({ recent: [] });
});

const open = (at: string) => renderPanel(subject, <CommandsScreen />, { at });
const tick = (name: string) => screen.findByRole('checkbox', { name: `Select ${name}` });
const bar = () => within(screen.getByRole('toolbar', { name: 'Selection' }));
const total = async (filter: object) =>
  (await subject.host.client.call('commands_list', { ...filter, count: true })).total;

// Catches a library whose commands can only be changed one by one, a range that takes others along, and names out of order.
test('commands are ticked one by one and as a range, in the order that is shown, and disabled together', async () => {
  await using panel = await open('/commands?q=p');
  await tick('Apple');
  const shown = screen.getAllByRole('checkbox').map((each) => each.getAttribute('aria-label'));
  expect(shown.slice(1, 5)).toEqual(['Select Apple', 'Select Pear 2', 'Select Pear 10', 'Select Plum']);
  await panel.user.click(await tick('Pear 2'));
  expect(bar().getByText('1 selected')).toBeTruthy();
  await panel.user.keyboard('{Shift>}');
  await panel.user.click(await tick('Plum'));
  await panel.user.keyboard('{/Shift}');
  expect(bar().getByText('3 selected')).toBeTruthy();
  await panel.user.click(bar().getByRole('button', { name: 'Disable' }));
  await waitFor(async () => expect(await total({ enabled: false })).toBe(3));
  await waitFor(() => expect(screen.queryByRole('toolbar', { name: 'Selection' })).toBeNull());
  const { items } = await subject.host.client.call('commands_list', { enabled: false, sort: 'name' });
  expect(items.map(({ name }) => name)).toEqual(['Pear 2', 'Pear 10', 'Plum']);
});

// Catches "all" that is the loaded page, and one that takes in what the filter leaves out.
test('all that match are chosen, loaded or not, and nothing else', async () => {
  await using panel = await open('/commands?q=Filler');
  await tick('Filler 1');
  await panel.user.click(screen.getByRole('checkbox', { name: 'Select all loaded commands' }));
  await panel.user.click(bar().getByRole('button', { name: `Select all ${MANY} matching` }));
  expect(bar().getByText(`All ${MANY} matching selected`)).toBeTruthy();
  await panel.user.click(bar().getByRole('button', { name: 'Delete' }));
  await waitFor(async () => expect(await total({ q: 'Filler' })).toBe(0), { timeout: 20_000 });
  expect(await total({ q: 'Pear' })).toBe(2);
});

// Catches a selection that only the mouse makes, and a key that leaves the composer instead of clearing it.
test('X selects the command that is shown, Escape clears the selection', async () => {
  await using panel = await open('/commands?q=Pear');
  const link = await screen.findByRole('link', { name: /Pear 2/ });
  link.focus();
  await panel.user.keyboard('x');
  expect(((await tick('Pear 2')) as HTMLInputElement).checked).toBe(true);
  await panel.user.keyboard('{Escape}');
  expect(((await tick('Pear 2')) as HTMLInputElement).checked).toBe(false);
});

/** Lists while the host is gone. */
import { act, screen, waitFor, within } from '@testing-library/react';
import { type ReactNode, useState } from 'react';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CommandsScreen } from '../../../src/renderer/features/commands/commands-screen.tsx';
import { ConnectionsScreen } from '../../../src/renderer/features/connections/connections-screen.tsx';
import { LogsScreen } from '../../../src/renderer/features/logs/logs-screen.tsx';
import { ProfilesScreen } from '../../../src/renderer/features/profiles/profiles-screen.tsx';
import { TasksScreen } from '../../../src/renderer/features/tasks/list/tasks-screen.tsx';
import { keys } from '../../../src/renderer/lib/keys/use-actions.ts';
import { OFFLINE } from '../../../src/renderer/lib/use-can.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { losable } from '../../support/losable-client.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost({ settings: { 'executor.paused': true } });
  const { client } = subject.host;
  await client.call('profiles_create', { name: 'Kept profile' });
  const { id } = await client.call('commands_create', { name: 'Kept row', kind: 'process', spec: { argv: ['true'] } });
  await client.call('tasks_create', { command_id: id });
  await client.call('keys_create', { name: 'Kept key' });
});
afterAll(() => subject[Symbol.asyncDispose]());

const SCREENS: [string, ReactNode, string, string][] = [
  ['tasks', <TasksScreen key="t" />, '/tasks', 'Kept row'],
  ['profiles', <ProfilesScreen key="p" />, '/profiles', 'Kept profile'],
  ['commands', <CommandsScreen key="c" />, '/commands', 'Kept row'],
  ['keys', <ConnectionsScreen key="k" />, '/connections', 'Kept key'],
];

// Catches a list that is emptied by a lost connection or says "No … yet" beside an error, and one that stays so when the host is back.
test.each(
  SCREENS,
)('%s keep their rows and say Offline, and go on when the host is back', async (_name, ui, at, row) => {
  const host = losable();
  await using _ = await renderPanel(subject, ui, { at, through: host.through });
  await screen.findAllByText(row);
  act(host.lose);
  expect((await screen.findAllByText(/^Offline\. Last updated/)).length).toBeGreaterThan(0);
  expect(screen.getAllByText(row).length).toBeGreaterThan(0);
  expect(screen.queryByText(/ yet$/)).toBeNull();
  expect(screen.queryByRole('alert')).toBeNull();
  act(host.find);
  await waitFor(() => expect(screen.queryByText(/^Offline\. Last updated/)).toBeNull());
  expect(screen.getAllByText(row).length).toBeGreaterThan(0);
});

// Catches an age that is that of the outage, not of what is shown, and a clock that goes on for what nobody knows of.
test('while the host is gone each answer tells its own age, and running times stand still', async () => {
  await using running = await createTestHost();
  const { client } = running.host;
  const argv = [process.execPath, '-e', 'setTimeout(() => {}, 60_000)'];
  const task = await client.call('tasks_create', { spec: { kind: 'process', argv } });
  if (!('id' in task)) throw new Error('A batch was made');
  await waitFor(async () => expect((await client.call('tasks_get', { id: task.id })).status).toBe('running'));
  const host = losable();
  await using panel = await renderPanel(running, <TasksScreen />, {
    at: '/tasks?status=running',
    through: host.through,
  });
  await screen.findByText(/^\d+(\.\d)? m?s$/);
  const shown = () => panel.container.ownerDocument.body.textContent;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 300_000 });
  try {
    act(host.lose);
    await waitFor(() => expect(shown()).toContain('Offline. Last updated 5 min ago'));
    await waitFor(() => expect(shown()).toMatch(/5 m \d\d s/));
    const [ran = ''] = /5 m \d\d s/.exec(shown()) ?? [];
    vi.setSystemTime(Date.now() + 180_000);
    await waitFor(() => expect(shown()).toContain('Offline. Last updated 8 min ago'), { timeout: 3_000 });
    expect(shown()).toContain(ran);
  } finally {
    vi.useRealTimers();
    await client.call('tasks_cancel', { id: task.id });
  }
});

// Catches the same for a list that was never loaded.
test.each(
  SCREENS,
)('%s that were not loaded before say Offline and nothing else, and appear by themselves', async (_name, ui, at, row) => {
  const host = losable();
  host.lose();
  await using _ = await renderPanel(subject, ui, { at, through: host.through });
  act(host.lose);
  expect((await screen.findAllByText('Offline')).length).toBeGreaterThan(0);
  expect(screen.queryByText(/ yet$/)).toBeNull();
  expect(screen.queryByRole('alert')).toBeNull();
  act(host.find);
  await screen.findAllByText(row);
});

// Catches a filter that is changed meanwhile and leaves an empty list with an error.
test('another filter keeps the rows until the host can answer', async () => {
  const host = losable();
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: '/profiles', through: host.through });
  await screen.findByText('Kept profile');
  act(host.lose);
  await panel.user.click(screen.getByRole('button', { name: 'Crashed' }));
  expect(await screen.findByText('Kept profile')).toBeTruthy();
  expect(screen.queryByText(/match these filters/)).toBeNull();
  act(host.find);
  await screen.findByText('No profiles match these filters');
});

// Catches an action that looks as if it worked: in a bar, in a menu, in the palette and by its key.
test('every action is disabled and says why: buttons, menus and keys', async () => {
  const host = losable();
  await using panel = await renderPanel(subject, <TasksScreen />, { at: '/tasks', through: host.through });
  await screen.findByText('Kept row');
  await panel.user.click(screen.getByRole('checkbox', { name: 'Select Kept row' }));
  act(host.lose);
  const bar = within(screen.getByRole('toolbar', { name: 'Selection' }));
  for (const name of ['Cancel', 'Run again', 'Delete']) {
    const button = bar.getByRole('button', { name });
    expect([button.getAttribute('aria-disabled'), button.title]).toEqual(['true', OFFLINE]);
    expect(button.getAttribute('aria-description')).toBe(OFFLINE);
  }
  await panel.user.click(screen.getByRole('button', { name: 'Actions for Kept row' }));
  for (const name of ['Same version exactly', 'Current version', 'Edit the input', 'Cancel']) {
    const item = await screen.findByRole('menuitem', { name });
    expect([name, item.getAttribute('aria-disabled'), item.title]).toEqual([name, 'true', OFFLINE]);
  }
  const open = keys.actions().filter(({ blocked, group, hidden }) => group === 'Tasks' && !hidden && !blocked);
  expect(open.map(({ id }) => id)).toEqual(['tasks.failed']);
});

function Switch({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(true);
  return (
    <>
      <button type="button" onClick={() => setOpen(!open)}>
        Other screen
      </button>
      {open ? children : null}
    </>
  );
}

// Catches a log of which is said that no line matches, because nobody could be asked.
test('the log keeps its lines while the host is gone, also when it is opened again', async () => {
  await subject.host.client.call('logs_write', { entries: [{ level: 'info', message: 'kept line' }] });
  const host = losable();
  await using panel = await renderPanel(
    subject,
    <Switch>
      <LogsScreen />
    </Switch>,
    { at: '/logs?q=kept', through: host.through },
  );
  await screen.findByText('kept line');
  act(host.lose);
  const other = screen.getByRole('button', { name: 'Other screen' });
  await panel.user.click(other);
  await panel.user.click(other);
  expect(await screen.findByText('kept line')).toBeTruthy();
  expect(screen.getByText(/^Offline\. Last updated/)).toBeTruthy();
  await panel.user.type(screen.getByPlaceholderText('Filter the host log'), 'x');
  await screen.findByText('Offline');
  expect(screen.queryByText('No entries match')).toBeNull();
  expect(screen.queryByText(/unavailable/)).toBeNull();
  act(host.find);
  await screen.findByText('No entries match');
});

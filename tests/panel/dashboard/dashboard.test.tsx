/** The dashboard, against a real host that runs real programs. */
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TaskId } from '../../../src/contract/kernel/scalars.ts';
import { DashboardScreen } from '../../../src/renderer/features/dashboard/dashboard-screen.tsx';
import { useView } from '../../../src/renderer/lib/view-store.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

// What has run once stays in the figures: each test has a host of its own.
let subject: TestHost;
beforeEach(async () => {
  subject = await createTestHost();
});
afterEach(() => subject[Symbol.asyncDispose]());

const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
async function run(script: string, wait = true): Promise<TaskId> {
  const made = await call('tasks_create', { spec: { kind: 'process', argv: [process.execPath, '-e', script] }, wait });
  if (!('id' in made)) throw new Error('A batch was made');
  return made.id;
}
const card = async (name: string) => within(await screen.findByRole('region', { name }));
const tile = async (title: string) => (await card('Key figures')).getByRole('link', { name: new RegExp(`^${title}`) });

// Catches a first screen that stays empty after the first task, or figures of nothing in its place.
test('the first task turns the invitation into figures, by itself', async () => {
  await using _panel = await renderPanel(subject, <DashboardScreen />);
  await screen.findByText('Nothing has run yet');
  expect(screen.queryByRole('region', { name: 'Key figures' })).toBeNull();
  expect(screen.queryByRole('button', { name: /Run a command/ })).toBeNull();
  await run('0');
  await waitFor(async () => expect((await tile('Success rate, 24 h')).textContent).toContain('100 %'));
  expect(screen.queryByText('Nothing has run yet')).toBeNull();
});

// Catches figures of other tasks than those that the tile leads to, and a rate in which the running ones count.
test('the figures are those of the tasks that they lead to', async () => {
  await run('0');
  await run('0');
  await run('process.exit(3)');
  const long = await run('setTimeout(() => {}, 60_000)', false);
  await using _panel = await renderPanel(subject, <DashboardScreen />);
  await waitFor(async () => expect((await tile('Running')).textContent).toContain('1of 4'));
  const failed = await tile('Failed');
  await waitFor(() => expect(failed.textContent).toMatch(/24 h1/));
  await waitFor(async () => expect((await tile('Success rate')).textContent).toContain('66.7 %of 3'));
  const behind = new URLSearchParams(failed.getAttribute('href')?.split('?')[1]).get('status')?.split(',') ?? [];
  const { items } = await call('tasks_list', { status: behind as never });
  expect(items).toHaveLength(1);
  await call('tasks_cancel', { id: long });
});

// Catches causes that are added up wrongly, in no order, and a “last” that leads to another task.
test('failures are counted by cause, with the last task of each', async () => {
  await run('process.exit(3)');
  const last = await run('process.exit(4)');
  await using _panel = await renderPanel(subject, <DashboardScreen />);
  const failures = await card('Failures by cause');
  const cause = await failures.findByRole('listitem');
  const { error } = await call('tasks_get', { id: last });
  expect(within(cause).getByText('2')).toBeDefined();
  const [name, link] = within(cause).getAllByRole('link');
  expect(name?.getAttribute('href')).toBe(`/tasks?error=${error?.code}`);
  expect(link?.getAttribute('href')).toBe(`/tasks/${last}`);
});

// Catches a task that stays in the list after its end, and one that is said to run while it waits.
test('what runs is listed until it ends, and what waits is counted', async () => {
  await call('settings_update', { 'executor.max_running': 1 });
  const first = await run('setTimeout(() => {}, 60_000)', false);
  await waitFor(async () => expect((await call('tasks_get', { id: first })).status).toBe('running'));
  const second = await run('0', false);
  await using _panel = await renderPanel(subject, <DashboardScreen />);
  const running = await card('Running now');
  await waitFor(() => expect(running.getAllByRole('listitem')).toHaveLength(1));
  expect(running.getByRole('listitem').innerHTML).toContain(first);
  await call('settings_update', { 'executor.paused': true });
  await call('tasks_cancel', { id: first });
  await running.findByText('Nothing is running', {}, { timeout: 15_000 });
  await running.findByText('1 task waits; the queue is paused.');
  await call('tasks_cancel', { id: second });
  await waitFor(() => expect(running.queryByText(/waits/)).toBeNull());
});

// Catches a warning that hides behind another, and one that cannot be looked at again.
test('what is weak is said with a way to its diagnosis', async () => {
  await using panel = await renderPanel(subject, <DashboardScreen />);
  const attention = await card('Needs attention');
  const { warnings } = await call('host_info', {});
  const said = attention.getAllByRole('listitem').map(({ firstElementChild }) => firstElementChild?.textContent);
  expect(said).toEqual(warnings);
  expect(attention.getByRole('link', { name: 'Diagnose' }).getAttribute('href')).toBe('/settings?section=about');
  await panel.user.click(attention.getByRole('button', { name: 'Check again' }));
  expect(attention.getAllByRole('listitem')).toHaveLength(warnings.length);
});

// Catches a cause whose links lead to a list without rows and to a task that does not exist.
test('a cause of deleted tasks leads to those that are left, and nowhere when none is', async () => {
  await run('0');
  const first = await run('process.exit(3)');
  const last = await run('process.exit(4)');
  await call('tasks_delete', { id: last });
  await using panel = await renderPanel(subject, <DashboardScreen />);
  const failures = await card('Failures by cause');
  await waitFor(() => expect(failures.getByText('Last task').getAttribute('href')).toBe(`/tasks/${first}`));
  await call('tasks_delete', { id: first });
  panel.unmount();
  await using _again = await renderPanel(subject, <DashboardScreen />);
  await (await card('Failures by cause')).findByText('Deleted');
  expect((await card('Failures by cause')).queryAllByRole('link')).toEqual([]);
});

// Catches a figure that stands still while what it counts goes on.
test('how long the first in the queue has waited goes on counting', async () => {
  await call('settings_update', { 'executor.paused': true });
  const id = await run('0', false);
  await using _panel = await renderPanel(subject, <DashboardScreen />);
  await waitFor(async () => expect((await tile('Waiting')).textContent).toMatch(/oldest [3-9]\.\d s/), {
    timeout: 8_000,
  });
  await call('tasks_cancel', { id });
});

// Catches a warning about what cannot be changed here, which stands above everything else for ever.
test('a warning that was acknowledged is not shown any more, and forgotten when it is gone', async () => {
  await using panel = await renderPanel(subject, <DashboardScreen />);
  const attention = await card('Needs attention');
  const { warnings } = await call('host_info', {});
  for (const _ of warnings)
    await panel.user.click(attention.getAllByRole('button', { name: 'Acknowledge' })[0] as Element);
  expect(screen.queryByRole('region', { name: 'Needs attention' })).toBeNull();
  expect(useView.getState().acknowledged).toEqual(warnings);
  act(() => useView.setState({ acknowledged: ['another one, gone since'] }));
  expect(await card('Needs attention')).toBeTruthy();
  await waitFor(() => expect(useView.getState().acknowledged).toEqual([]));
});

// Catches a key that is offered in the palette but bound to nothing.
test('N opens the run dialog', async () => {
  await using _panel = await renderPanel(subject, <DashboardScreen />);
  await screen.findByText('Nothing has run yet');
  fireEvent.keyDown(document.body, { key: 'n' });
  expect(await screen.findByRole('dialog')).toBeDefined();
});

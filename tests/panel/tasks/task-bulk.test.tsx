/** One verb on every task that matches, also on those that are not loaded, against a real host. */
import { fireEvent, screen, within } from '@testing-library/react';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { TasksScreen } from '../../../src/renderer/features/tasks/list/tasks-screen.tsx';
import { BulkDock } from '../../../src/renderer/ui/bulk/bulk-dock.tsx';
import { useBulkJobs } from '../../../src/renderer/ui/bulk/bulk-jobs.ts';
import { BulkTucked } from '../../../src/renderer/ui/bulk/bulk-tucked.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel, type TestPanel } from '../../support/panel.tsx';

/** A job of this many rows may take as long on a busy machine. */
const PATIENCE = { timeout: 20_000 };
/** More than a page of the list. */
const MANY = 104;

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());
beforeEach(() => useBulkJobs.setState({ jobs: [] }));

const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
const make = async (name: string, label: string) =>
  call('tasks_create', {
    name,
    labels: [label],
    spec: { kind: 'process', argv: ['true'] },
    run_at: '2999-01-01T00:00:00.000Z',
  });
const left = async (filter: object) => (await call('tasks_list', { ...filter, count: true, limit: 1 })).total;

async function chooseAll(panel: TestPanel, total: number) {
  await panel.user.click(await screen.findByRole('checkbox', { name: 'Select all loaded rows' }));
  const bar = within(screen.getByRole('toolbar', { name: 'Selection' }));
  await panel.user.click(bar.getByRole('button', { name: `Select all ${total} matching` }));
  expect(bar.getByText(`All ${total} matching selected`)).toBeTruthy();
  return bar;
}
const screens = () => (
  <>
    <TasksScreen />
    <BulkDock />
    <BulkTucked />
  </>
);

// Catches "all" that means the loaded page, and a filter of the screen that the bulk operation forgets.
test('all that match are cancelled on the host, also those that are not loaded', async () => {
  for (let n = 0; n < MANY; n++) await make(`Night ${n}`, 'night');
  await make('Other', 'day');
  await using panel = await renderPanel(subject, screens(), { at: '/tasks?label=night' });
  const bar = await chooseAll(panel, MANY);
  await panel.user.click(bar.getByRole('button', { name: 'Cancel' }));
  // Catches many tasks that one slip cancels.
  const asked = within(await screen.findByRole('dialog', { name: `Cancel ${MANY} tasks?` }));
  expect(await left({ label: 'night', status: 'cancelled' })).toBe(0);
  await panel.user.click(asked.getByRole('button', { name: 'Cancel tasks' }));
  await screen.findByText(`${MANY} tasks cancelled`, {}, PATIENCE);
  expect(await left({ label: 'night', status: 'cancelled' })).toBe(MANY);
  expect(await left({ label: 'day', status: 'scheduled' })).toBe(1);
  expect(screen.queryByRole('toolbar', { name: 'Selection' })).toBeNull();
});

test('all that match are deleted but those that cannot be; which these are, and why, is told', async () => {
  for (let n = 0; n < MANY; n++) await make(`Dusk ${n}`, 'dusk');
  await call('tasks_bulk', { filter: { label: 'dusk' }, action: 'cancel', wait: true });
  const made = await make('Still to come', 'dusk');
  const id = 'id' in made ? made.id : '';
  await using panel = await renderPanel(subject, screens(), { at: '/tasks?label=dusk' });
  const bar = await chooseAll(panel, MANY + 1);
  await panel.user.click(bar.getByRole('button', { name: 'Delete' }));
  await panel.user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Delete' }));
  await screen.findByText(`${MANY} tasks deleted`, { exact: false }, PATIENCE);
  expect(await left({ label: 'dusk' })).toBe(1);
  await panel.user.click(screen.getByRole('button', { name: 'Show results' }));
  const results = within(await screen.findByRole('dialog', { name: 'Results' }));
  const failed = await results.findByRole('row', { name: /Still to come/ });
  expect(failed.textContent).toContain('cancel it before you delete it');
  // Catches an active task of which was said that it is skipped, and then that it failed; and rows that nobody can tell apart.
  expect(screen.getByRole('status').textContent).toContain(', 1 skipped');
  expect(screen.queryByText(/1 failed/)).toBeNull();
  expect(within(failed).getByRole('link', { name: 'Still to come' }).getAttribute('href')).toBe(`/tasks/${id}`);
  expect(within(failed).getByTitle(id)).toBeTruthy();
  expect(results.getAllByRole('row')).toHaveLength(2);
});

// Catches a choice of everything that goes on to mean everything after the filter has changed, and one that a click cannot narrow.
test('a choice of all ends with the filter, and with a row that is taken out of it', async () => {
  for (let n = 0; n < MANY; n++) await make(`Dawn ${n}`, 'dawn');
  await using panel = await renderPanel(subject, screens(), { at: '/tasks?label=dawn' });
  const bar = await chooseAll(panel, MANY);
  const [, first] = screen.getAllByRole('checkbox');
  if (first === undefined) throw new Error('no row');
  await panel.user.click(first);
  expect(bar.getByText('99 selected')).toBeTruthy();
  await panel.user.click(bar.getByRole('button', { name: 'Clear' }));
  await chooseAll(panel, MANY);
  await panel.user.click(screen.getByRole('button', { name: 'Remove filter Label' }));
  expect(screen.queryByRole('toolbar', { name: 'Selection' })).toBeNull();
});

// Catches a result that lies over every screen for as long as the window is open.
test('what did not go well leaves the corner with its screen, and its results are in the status bar until they are seen', async () => {
  const rows = [
    { id: 'tsk_01arz3ndektsv4rrffq69g5fav', ok: false, error: { title: 'Gone', status: 404, detail: 'It is gone' } },
  ] as never;
  const job = { id: 'one', op: 'tasks_bulk', done: 'deleted', doing: 'Deleting 1 task', rows } as const;
  useBulkJobs.setState({ jobs: [job] });
  await using panel = await renderPanel(subject, screens(), { at: '/tasks' });
  expect(screen.getByRole('region', { name: 'Bulk operations' })).toBeTruthy();
  fireEvent(window, new HashChangeEvent('hashchange'));
  await panel.user.click(await screen.findByRole('button', { name: '1 failed' }));
  expect(screen.queryByRole('region', { name: 'Bulk operations' })).toBeNull();
  const results = await screen.findByRole('dialog', { name: 'Results' });
  await within(results).findByText('It is gone');
  await panel.user.keyboard('{Escape}');
  expect(useBulkJobs.getState().jobs).toEqual([]);
});

/** Running a task again: the same three ways from the peek, the row, the page and the palette. */
import { screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TaskDetail } from '../../../src/contract/automation/tasks.ts';
import type { TaskId } from '../../../src/contract/kernel/scalars.ts';
import { TaskScreen } from '../../../src/renderer/features/tasks/detail/task-screen.tsx';
import { TasksScreen } from '../../../src/renderer/features/tasks/list/tasks-screen.tsx';
import { keys } from '../../../src/renderer/lib/keys/use-actions.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel, type TestPanel } from '../../support/panel.tsx';

const INPUT = {
  type: 'object',
  properties: { who: { type: 'string', title: 'Who' }, pin: { type: 'string', title: 'Pin', format: 'password' } },
};

let subject: TestHost;
let old: TaskDetail;
beforeAll(async () => {
  subject = await createTestHost();
  const { client } = subject.host;
  const command = await client.call('commands_create', {
    ...{ name: 'Greet', kind: 'process', input_schema: INPUT },
    spec: { argv: ['{{host.node}}', '-e', 'process.exit(2)', '{{input.who}}'] },
  });
  const task = await client.call('tasks_create', {
    command_id: command.id,
    input: { who: 'Ada', pin: 'kept-4711' },
    wait: true,
  });
  if (!('id' in task)) throw new Error('a batch');
  old = await client.call('tasks_get', { id: task.id });
  await client.call('queue_update', { paused: true });
  await client.call('commands_update', { id: command.id, description: 'changed' });
});
afterAll(() => subject[Symbol.asyncDispose]());

/** The task that the panel went to; it is cancelled, and its id is another one. */
async function shownNext(panel: TestPanel): Promise<TaskDetail> {
  await waitFor(() => expect(panel.address()).toMatch(/^\/tasks\/tsk_/));
  await waitFor(() => expect(panel.address()).not.toContain(old.id));
  const id = panel.address().slice('/tasks/'.length) as TaskId;
  await subject.host.client.call('tasks_cancel', { id });
  return subject.host.client.call('tasks_get', { id });
}
const item = (name: string) => screen.findByRole('menuitem', { name });
const WAYS = ['Same version exactly', 'Current version', 'Edit the input'];

// Catches a "same" that takes the new version, and a "current" that takes the old one.
test.each([
  [WAYS[0] as string, 1],
  [WAYS[1] as string, 2],
])('in the menu of a row: %s runs version %i', async (way, command_version) => {
  await using panel = await renderPanel(subject, <TasksScreen />, { at: '/tasks?status=failed' });
  await panel.user.click(await screen.findByRole('button', { name: 'Actions for Greet' }));
  await panel.user.click(await item(way));
  expect(await shownNext(panel)).toMatchObject({ retry_of: old.id, command_version, input: { who: 'Ada' } });
});

// Catches a form that starts empty, one that loses the secret of the earlier run, and one that shows it.
test('with the input edited the rest of it stays, also the secret, which is not shown', async () => {
  await using panel = await renderPanel(subject, <TasksScreen />, { at: `/tasks?status=failed&peek=${old.id}` });
  const peek = within(await screen.findByRole('complementary', { name: 'Task' }));
  await panel.user.click(await peek.findByRole('button', { name: 'Run again' }));
  for (const way of WAYS) expect(await item(way)).toBeTruthy();
  await panel.user.click(await item('Edit the input'));
  const dialog = within(await screen.findByRole('dialog', { name: 'Run “Greet” again' }));
  const who = await dialog.findByLabelText<HTMLInputElement>('Who');
  expect(who.value).toBe('Ada');
  expect(document.body.innerHTML).not.toContain('kept-4711');
  await panel.user.clear(who);
  await panel.user.type(who, 'Grace');
  await panel.user.click(dialog.getByRole('button', { name: 'Run' }));
  const next = await shownNext(panel);
  expect(next).toMatchObject({ retry_of: old.id, command_version: 2, input: { who: 'Grace' } });
  expect(next.input.pin).toBe(old.input.pin);
});

// Catches a field that was emptied and comes back with the value of the earlier run.
test('with a field emptied the value of the earlier run is gone', async () => {
  await using panel = await renderPanel(subject, <TasksScreen />, { at: `/tasks?status=failed&peek=${old.id}` });
  const peek = within(await screen.findByRole('complementary', { name: 'Task' }));
  await panel.user.click(await peek.findByRole('button', { name: 'Run again' }));
  await panel.user.click(await item('Edit the input'));
  const dialog = within(await screen.findByRole('dialog', { name: 'Run “Greet” again' }));
  await panel.user.clear(await dialog.findByLabelText<HTMLInputElement>('Who'));
  await panel.user.click(dialog.getByRole('button', { name: 'Run' }));
  const next = await shownNext(panel);
  expect(next.input).not.toHaveProperty('who');
  expect(next.input.pin).toBe(old.input.pin);
});

// Catches a key that is typed beside the dots, which would be sent as the secret; a dialog whose first field and Run need the mouse.
test('with the input edited by keys alone: what is typed replaces the mask, and emptied it is kept', async () => {
  await using panel = await renderPanel(subject, <TasksScreen />, { at: `/tasks?status=failed&peek=${old.id}` });
  const peek = within(await screen.findByRole('complementary', { name: 'Task' }));
  await panel.user.click(await peek.findByRole('button', { name: 'Run again' }));
  await panel.user.click(await item('Edit the input'));
  const dialog = within(await screen.findByRole('dialog', { name: 'Run “Greet” again' }));
  const who = await dialog.findByLabelText<HTMLInputElement>('Who');
  await waitFor(() => expect(document.activeElement).toBe(who));
  const pin = dialog.getByLabelText<HTMLInputElement>('Pin');
  await panel.user.click(pin);
  await panel.user.keyboard('{End}abc');
  expect(pin.value).toBe('abc');
  await panel.user.clear(pin);
  expect(pin.placeholder).toContain('unchanged');
  await panel.user.keyboard('{Control>}{Enter}{/Control}');
  const next = await shownNext(panel);
  expect(next.retry_of).toBe(old.id);
  expect(next.input.pin).toBe(old.input.pin);
});

// Catches a page whose buttons and palette know other ways than the list, and a Retry that is primary after a success.
test('the page and the palette have the same ways; Retry stands out after a failure', async () => {
  await using panel = await renderPanel(subject, <TaskScreen />, { at: `/tasks/${old.id}` });
  expect((await screen.findByRole('button', { name: 'Retry' })).className).toContain('primary');
  await panel.user.click(screen.getByRole('button', { name: 'Run again' }));
  for (const way of WAYS) expect(await item(way)).toBeTruthy();
  const titles = keys.actions().filter(({ title }) => title.startsWith('Run again'));
  expect(titles.map(({ title }) => title)).toEqual(WAYS.map((way) => `Run again: ${way.toLowerCase()}`));
});

// Catches a sentence that is said twice, and a state that stands three times on one page.
test('what has no input says so once, and a task that never started is called cancelled once', async () => {
  const { client } = subject.host;
  const task = await client.call('tasks_create', { name: 'Bare', spec: { kind: 'process', argv: ['{{host.node}}'] } });
  if (!('id' in task)) throw new Error('a batch');
  await client.call('tasks_cancel', { id: task.id });
  await using panel = await renderPanel(subject, <TaskScreen />, { at: `/tasks/${task.id}` });
  await screen.findByText(/before its first attempt/);
  expect(screen.getAllByText('Cancelled')).toHaveLength(1);
  await panel.user.click(screen.getByRole('button', { name: /Run again/ }));
  await panel.user.click(await item('Edit the input'));
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).getAllByText(/takes no input/)).toHaveLength(1);
});

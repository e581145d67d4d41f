/** The list of tasks and the peek beside it, against a real host. */
import { screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Task } from '../../../src/contract/automation/tasks.ts';
import { useRunAgain } from '../../../src/renderer/features/tasks/again/use-run-again.tsx';
import { TaskPeek } from '../../../src/renderer/features/tasks/list/task-peek.tsx';
import { TasksScreen } from '../../../src/renderer/features/tasks/list/tasks-screen.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
const made: Record<string, Task> = {};
beforeAll(async () => {
  subject = await createTestHost();
  const run = async (name: string, source: string, more: object = {}) => {
    const task = await subject.host.client.call('tasks_create', {
      name,
      spec: { kind: 'process', argv: ['{{host.node}}', '-e', source] },
      ...more,
    });
    if (!('id' in task)) throw new Error('a batch');
    made[name] = task;
  };
  await run('Fails', 'console.error("no"); process.exit(3)', { wait: true, labels: ['night'] });
  await run('Succeeds', '1', { wait: true });
  await subject.host.client.call('queue_update', { paused: true });
  await run('Queued', '1', { labels: ['night'] });
  await run('Later', '1', { run_at: '2999-01-01T00:00:00.000Z' });
});
afterAll(() => subject[Symbol.asyncDispose]());

const id = (name: string) => {
  const task = made[name];
  if (task === undefined) throw new Error(`there is no task ${name}`);
  return task.id;
};
function Peek({ of }: { of: Task['id'] }) {
  const again = useRunAgain();
  return (
    <>
      <TaskPeek id={of} again={again} close={() => undefined} />
      {again.dialog}
    </>
  );
}

describe('tabs and filters', () => {
  // Catches counts that are those of the loaded page, and a tab that is none because its states stand in another order.
  test('tabs count the tasks of their states, and follow the address', async () => {
    await using panel = await renderPanel(subject, <TasksScreen />, {
      at: '/tasks?status=dead,interrupted,timed_out,failed',
    });
    const tab = await screen.findByRole('tab', { name: /^Failed ?1$/ });
    expect(tab.getAttribute('aria-selected')).toBe('true');
    expect(screen.getByRole('tab', { name: /^Active ?2$/ })).toBeTruthy();
    await panel.user.click(screen.getByRole('tab', { name: /^All ?4$/ }));
    expect(panel.address()).toBe('/tasks');
  });

  // Catches a filter that came with a link and can neither be seen nor taken back.
  test('a filter that a link set is a chip that takes it back', async () => {
    await using panel = await renderPanel(subject, <TasksScreen />, { at: '/tasks?label=night&error=process_exit' });
    const chip = await screen.findByRole('button', { name: 'Remove filter Label' });
    expect(chip.textContent).toContain('night');
    await panel.user.click(chip);
    expect(panel.address()).toBe('/tasks?error=process_exit');
    expect(screen.queryByRole('button', { name: 'Remove filter Label' })).toBeNull();
  });

  // Catches “No tasks yet” where a filter hides the tasks that there are.
  test('a filter that matches nothing can be cleared, all of it', async () => {
    await using panel = await renderPanel(subject, <TasksScreen />, {
      at: '/tasks?q=nothing&status=dead&kind=http&label=x&batch=y',
    });
    await panel.user.click(await screen.findByRole('button', { name: 'Clear filters' }));
    expect(panel.address()).toBe('/tasks');
  });
});

describe('the queue', () => {
  // Catches a switch that shows what was asked for instead of what the host does.
  test('is resumed and paused, and follows what others do to it', async () => {
    await using panel = await renderPanel(subject, <TasksScreen />, { at: '/tasks?status=dead' });
    expect(await screen.findByText('Queue paused')).toBeTruthy();
    // The scheduled task is all that is left, so that nothing starts here.
    await subject.host.client.call('tasks_cancel', { id: id('Queued') });
    await panel.user.click(screen.getByRole('button', { name: 'Resume queue' }));
    await waitFor(() => expect(screen.queryByText('Queue paused')).toBeNull());
    expect((await subject.host.client.call('queue_stats', {})).paused).toBe(false);
    await subject.host.client.call('queue_update', { paused: true });
    expect(await screen.findByText('Queue paused')).toBeTruthy();
  });
});

describe('the peek', () => {
  const peek = async (name: string) => {
    const panel = await renderPanel(subject, <Peek of={id(name)} />);
    await screen.findByRole('heading', { name });
    return panel;
  };

  // Catches a task that stands still without a word.
  test('says why a task waits, and lets it be cancelled', async () => {
    await using panel = await peek('Later');
    expect(await screen.findByText(/^Scheduled for 2999-/)).toBeTruthy();
    const extra = await subject.host.client.call('tasks_create', {
      name: 'Waits here',
      spec: { kind: 'process', argv: ['true'] },
    });
    if (!('id' in extra)) throw new Error('a batch');
    panel.unmount();
    await using second = await renderPanel(subject, <Peek of={extra.id} />);
    await second.user.click(await screen.findByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.getByRole('button', { name: 'Cancel' }).title).toBe('The task has ended'));
  });

  // Catches an error without its reason, and one that is told although the task succeeded.
  test('tells what failed, and nothing of it when nothing did', async () => {
    await using panel = await peek('Fails');
    expect(await screen.findByText('Failed')).toBeTruthy();
    const problem = made.Fails?.error ?? (await subject.host.client.call('tasks_get', { id: id('Fails') })).error;
    expect(screen.getByText(problem?.detail ?? 'none')).toBeTruthy();
    panel.unmount();
    await using _ = await peek('Succeeds');
    expect(screen.queryByRole('button', { name: 'Copy error' })).toBeNull();
  });

  // Catches a peek of a task that was deleted meanwhile and goes on showing it as if it were there.
  test('a task that is gone is told', async () => {
    const gone = await subject.host.client.call('tasks_create', {
      name: 'Gone',
      spec: { kind: 'process', argv: ['true'] },
    });
    if (!('id' in gone)) throw new Error('a batch');
    await using _ = await renderPanel(subject, <Peek of={gone.id} />);
    await screen.findByRole('heading', { name: 'Gone' });
    await subject.host.client.call('tasks_cancel', { id: gone.id });
    await subject.host.client.call('tasks_delete', { id: gone.id });
    const alert = await screen.findByRole('alert');
    expect(within(alert).getByText(/There is no task/)).toBeTruthy();
  });
});

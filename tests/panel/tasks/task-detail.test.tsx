/** The page of a task, against a real host. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Artifact } from '../../../src/contract/automation/artifacts.ts';
import type { TaskDetail } from '../../../src/contract/automation/tasks.ts';
import type { TaskId } from '../../../src/contract/kernel/scalars.ts';
import { Screens } from '../../../src/renderer/features/tasks/detail/artifacts.tsx';
import { Inspector } from '../../../src/renderer/features/tasks/detail/inspector.tsx';
import { StepsTable } from '../../../src/renderer/features/tasks/detail/steps-table.tsx';
import { TaskEvents } from '../../../src/renderer/features/tasks/detail/task-events.tsx';
import { TaskScreen } from '../../../src/renderer/features/tasks/detail/task-screen.tsx';
import { findRow } from '../../../src/renderer/features/tasks/timeline/step-tree.ts';
import { viewerUrl, viewUrl } from '../../../src/renderer/lib/client/content.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

/** A browser script that needs no page: steps, an output and a failure of one attempt. */
const SCRIPT = `export default async ({ step, artifact, input }) => {
  await step('Outer', async () => {
    await step('Inner', () => ({ found: input.count }));
  });
  await artifact('notes.txt', 'noted');
  if (input.fails) await step('Breaks', () => { throw new Error('The shop is closed'); });
  return { done: true };
};`;

let subject: TestHost;
let good: TaskDetail;
let bad: TaskDetail;
beforeAll(async () => {
  subject = await createTestHost();
  const { client } = subject.host;
  const command = await client.call('commands_create', {
    name: 'Collect',
    kind: 'browser',
    spec: { script: SCRIPT, language: 'javascript', trace: 'off', screenshot: 'off' },
  });
  const run = async (input: { count: number; fails?: boolean }) => {
    const task = await client.call('tasks_create', { command_id: command.id, input, wait: true });
    if (!('id' in task)) throw new Error('a batch');
    return client.call('tasks_get', { id: task.id });
  };
  good = await run({ count: 3 });
  bad = await run({ count: 0, fails: true });
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

/** The same task, as it would be with other members. */
const but = (patch: Partial<TaskDetail>): TaskDetail => ({ ...good, ...patch });
const openTask = (id: TaskId, search = '') => renderPanel(subject, <TaskScreen />, { at: `/tasks/${id}${search}` });

describe('the inspector', () => {
  // Catches a page that opens on an empty pane although there is something to see.
  test.each<[string, () => TaskDetail, string]>([
    ['a failed task opens with its input: the error is told below', () => bad, 'Input'],
    ['one with output with that', () => good, 'Output'],
    ['one without either with its input', () => but({ output: null }), 'Input'],
  ])('%s', async (_what, task, tab) => {
    await using _ = await renderPanel(subject, <Inspector task={task()} row={null} />);
    expect((await screen.findByRole('tab', { selected: true })).textContent).toBe(tab);
  });

  // Catches an output of the task that is shown as that of a step, and the other way round.
  test('a chosen step narrows output and error to it', async () => {
    const step = good.steps.find(({ name }) => name === 'Inner');
    const row = findRow(good, `step-1-${step?.seq}`);
    await using panel = await renderPanel(subject, <Inspector task={good} row={row} />);
    const inspector = within(await screen.findByRole('region', { name: 'Inspector' }));
    expect(inspector.getByRole('tabpanel').textContent).toContain('found: 3');
    expect(inspector.getByRole('tabpanel').textContent).not.toContain('done');
    await panel.user.click(inspector.getByRole('tab', { name: 'Error' }));
    expect(inspector.getByText('No error in step “Inner”')).toBeTruthy();
  });

  // Catches a log that was cut without anybody being told.
  test('an attempt says how much of its log was dropped', async () => {
    const attempts = good.attempts.map((attempt) => ({ ...attempt, log_lines: 1_234, log_dropped: 56_789 }));
    await using panel = await renderPanel(subject, <Inspector task={but({ attempts })} row={null} />);
    await panel.user.click(await screen.findByRole('tab', { name: 'Attempts' }));
    const attempt = screen.getByRole('region', { name: 'Attempt 1' });
    expect(attempt.textContent).toContain('1,234 lines');
    expect(attempt.textContent).toContain('56,789 dropped over the limit');
  });
});

describe('the page', () => {
  // Catches a step that cannot be chosen, or whose choice changes nothing beside it.
  test('a step that failed is chosen in the tree and shown in the inspector', async () => {
    await using panel = await openTask(bad.id);
    const tree = await screen.findByRole('tree', { name: 'Steps' });
    tree.focus();
    await panel.user.keyboard('{End}');
    const inspector = within(screen.getByRole('region', { name: 'Inspector' }));
    await waitFor(() => expect(inspector.getByText('Breaks')).toBeTruthy());
    expect(inspector.getByText(/The shop is closed/)).toBeTruthy();
  });

  // Catches a tab that is lost by a reload, and keys that leave it.
  test('its tabs are in the address and go round by key', async () => {
    await using panel = await openTask(good.id, '?tab=events');
    const tab = (name: RegExp) => screen.findByRole('tab', { name, selected: true });
    await tab(/^Events/);
    await panel.user.keyboard(']');
    await waitFor(() => expect(panel.address()).toBe(`/tasks/${good.id}`));
    await panel.user.keyboard('[[');
    await waitFor(() => expect(panel.address()).toBe(`/tasks/${good.id}?tab=events`));
    await panel.user.keyboard('s');
    await tab(/^Steps ?2/);
    await panel.user.keyboard('a');
    await tab(/^Artifacts ?1/);
    expect(await screen.findByRole('cell', { name: 'notes.txt' })).toBeTruthy();
  });

  // Catches a deletion without a question, and a page that stays on a task that is gone.
  test('deleting asks first, keeps the task on “Keep”, and leads back to the list', async () => {
    const made = await subject.host.client.call('tasks_retry', { id: good.id });
    await subject.host.client.call('tasks_cancel', { id: made.id });
    await using panel = await openTask(made.id);
    const press = async (answer: string) => {
      const button = await screen.findByRole('button', { name: 'Delete' });
      await waitFor(() => expect(button.getAttribute('aria-disabled')).toBeNull());
      await panel.user.click(button);
      const dialog = within(await screen.findByRole('dialog', { name: 'Delete this task?' }));
      await panel.user.click(dialog.getByRole('button', { name: answer }));
    };
    await press('Keep');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect((await subject.host.client.call('tasks_get', { id: made.id })).id).toBe(made.id);
    await press('Delete');
    await waitFor(() => expect(panel.address()).toBe('/tasks'));
    await expect(subject.host.client.call('tasks_get', { id: made.id })).rejects.toThrow();
  });

  // Catches a task that is told to have ended while it runs, or cannot be stopped from its own page.
  test('a running task is cancelled here, and then offers to run again', async () => {
    const task = await subject.host.client.call('tasks_create', {
      name: 'Goes on',
      spec: { kind: 'process', argv: ['{{host.node}}', '-e', 'setInterval(() => {}, 1000)'] },
    });
    if (!('id' in task)) throw new Error('a batch');
    await using panel = await openTask(task.id);
    await panel.user.click(await screen.findByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull(), { timeout: 15_000 });
    expect(screen.getByRole('button', { name: 'Run again' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Retry' })).toBeNull();
  });
});

describe('events', () => {
  const types = async () =>
    (await screen.findAllByRole('row')).slice(1).map((row) => within(row).getAllByRole('cell')[2]?.textContent);

  // Catches events of another task in the table, or those of this one twice.
  test('all that happened, once, and only of this task', async () => {
    await using panel = await renderPanel(subject, <TaskEvents id={good.id} />);

    await waitFor(async () => expect((await types()).at(-1)).toBe('End'));
    const seqs = screen
      .getAllByRole('row')
      .slice(1)
      .map((row) => within(row).getAllByRole('cell')[0]?.textContent);
    expect(new Set(seqs).size).toBe(seqs.length);
    expect((await types()).filter((type) => type === 'Artifact')).toHaveLength(1);
    panel.unmount();
    await using _ = await renderPanel(subject, <TaskEvents id={bad.id} />);

    await waitFor(async () => expect((await types()).at(-1)).toBe('End'));
    expect(screen.getByRole('region', { name: 'Events' }).textContent).not.toContain(good.id);
  });

  // Catches a table that says “No events yet” for a task that does not exist.
  test('of a task that is not there are an error', async () => {
    await using _ = await renderPanel(
      subject,
      <TaskEvents id={'tsk_01890a5d-ac96-774b-bcce-b302099a8057' as TaskId} />,
    );
    expect(await screen.findByRole('alert')).toBeTruthy();
  });
});

describe('steps as a table', () => {
  // Catches a duration of a step that has not ended, and a result that hides why it failed.
  test('show how long they took and what came of them', async () => {
    const [first, ...rest] = good.steps;
    if (first === undefined) throw new Error('the task has no steps');
    const steps = [{ ...first, finished_at: null, output: null }, ...rest];
    await using _ = await renderPanel(subject, <StepsTable task={but({ steps })} onTrace={() => undefined} />);
    await screen.findByText('{"found":3}');
    const [, open, ended] = screen.getAllByRole('row');
    expect(within(open as HTMLElement).getAllByRole('cell')[4]?.textContent).toBe('–');
    expect(within(ended as HTMLElement).getAllByRole('cell')[4]?.textContent).toMatch(/\d/);
    expect(ended?.textContent).toContain('{"found":3}');
  });
});

describe('artifacts', () => {
  const shot = (name: string): Artifact =>
    ({
      ...{ id: `art_${name}`, name, kind: 'screenshot' },
      view_url: `http://127.0.0.1:4000/artifacts/art_${name}/t/${name}`,
    }) as unknown as Artifact;

  // Catches a lightbox that ends at the last picture, or shows another one than its name says.
  test('the lightbox goes round by arrow keys', async () => {
    await using panel = await renderPanel(subject, <Screens shots={['one.png', 'two.png', 'three.png'].map(shot)} />);
    await panel.user.click(await screen.findByRole('button', { name: 'one.png' }));
    const shown = async (name: string) => {
      const image = await within(await screen.findByRole('dialog', { name })).findByAltText(name);
      expect(image.getAttribute('src')).toBe(viewUrl(shot(name)));
    };
    await shown('one.png');
    for (const [key, name] of [
      ['{ArrowLeft}', 'three.png'],
      ['{ArrowRight}', 'one.png'],
      ['{ArrowRight}', 'two.png'],
    ] as const) {
      await panel.user.keyboard(key);
      await shown(name);
    }
    await panel.user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  // Catches arrow keys that do nothing, or move what is below, until the focus has come into the lightbox.
  test('the lightbox takes arrow keys while the focus is still elsewhere', async () => {
    await using panel = await renderPanel(subject, <Screens shots={['one.png', 'two.png'].map(shot)} />);
    await panel.user.click(await screen.findByRole('button', { name: 'one.png' }));
    const below = vi.fn();
    document.body.addEventListener('keydown', below);
    fireEvent.keyDown(document.body, { key: 'ArrowRight' });
    document.body.removeEventListener('keydown', below);
    await screen.findByRole('dialog', { name: 'two.png' });
    expect(below).not.toHaveBeenCalled();
  });

  // Catches a viewer, or a trace, on the panel's own origin.
  test('a trace is opened on the content origin, by its path there', () => {
    const url = new URL(viewerUrl(shot('trace.zip')) ?? '');
    const { origin, pathname } = new URL(shot('trace.zip').view_url ?? '');
    expect(url.origin).toBe(origin);
    expect(url.pathname).toBe('/trace-viewer/index.html');
    expect(url.searchParams.get('trace')).toBe(pathname);
    expect(viewerUrl({ view_url: null, kind: 'trace' })).toBeUndefined();
  });
});

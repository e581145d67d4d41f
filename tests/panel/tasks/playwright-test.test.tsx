/** A task of Playwright tests that were really run: its tree, the line that failed, its report. The tests open no page. */
import { screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TaskDetail } from '../../../src/contract/automation/tasks.ts';
import { TaskScreen } from '../../../src/renderer/features/tasks/detail/task-screen.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

const SCRIPT = `import { expect, test } from '@playwright/test';
test.describe('cart', () => {
  test('adds', async ({ input }) => {
    await test.step('count', () => expect(input.count).toBe(3));
  });
  test('has a total', async ({ input }) => {
    await test.step('sum', () => {
      expect(input.count, 'the total').toBe(4);
    });
  });
});
`;

let subject: TestHost;
let task: TaskDetail;
beforeAll(async () => {
  subject = await createTestHost();
  const made = await subject.host.client.call('tasks_create', {
    ...{ name: 'Shop tests', spec: { kind: 'playwright_test', script: SCRIPT, trace: 'off', screenshot: 'off' } },
    ...{ input: { count: 3 }, wait: true },
  });
  if (!('id' in made)) throw new Error('a batch');
  task = await subject.host.client.call('tasks_get', { id: made.id });
  if (task.steps.length === 0) throw new Error(JSON.stringify(task.error));
}, 90_000);
afterAll(() => subject[Symbol.asyncDispose]());

const openTask = (search = '') => renderPanel(subject, <TaskScreen />, { at: `/tasks/${task.id}${search}` });
const rows = () => within(screen.getByRole('tree', { name: 'Steps' })).getAllByRole('treeitem');
const row = (name: RegExp) => {
  const found = rows().find((item) => name.test(item.textContent ?? ''));
  if (found === undefined) throw new Error(`there is no row ${name}`);
  return found;
};

// Would catch: tests that are a flat list, a group without its tests, a failed test that looks like one that passed.
test('the tree is the file, its groups, tests and steps, and shows what failed', async () => {
  await using _ = await openTask();
  await screen.findByRole('tree', { name: 'Steps' });
  await waitFor(() => expect(row(/has a total/)).toBeTruthy());
  const [file, group, adds, total] = [/command\.spec\.ts/, /^\W*cart/, /adds/, /has a total/].map(row);
  const levels = [file, group, adds, total].map((item) => Number(item?.getAttribute('aria-level')));
  const [first = 0] = levels;
  expect(levels).toEqual([first, first + 1, first + 2, first + 2]);
  const states = Object.fromEntries(task.steps.map(({ name, status }) => [name, status]));
  expect(states).toMatchObject({
    ...{ 'command.spec.ts': 'failed', cart: 'failed', adds: 'succeeded', 'has a total': 'failed', count: 'succeeded' },
  });
  const shown = (item: HTMLElement | undefined) => item?.querySelector('[role=img]')?.getAttribute('aria-label');
  expect([file, group, adds, total].map(shown)).toEqual(['Failed', 'Failed', 'Succeeded', 'Failed']);
});

// Would catch: a failure without its line, or with that of a copy of the file that nobody knows.
test('the failing line is shown with its number among those around it', async () => {
  await using _ = await openTask();
  const details = within(await screen.findByRole('region', { name: 'Details' }));
  const line = await details.findByText(/expect\(input\.count, 'the total'\)\.toBe\(4\);/);
  const item = line.closest('li');
  expect(item?.getAttribute('aria-current')).toBe('true');
  expect(item?.textContent).toMatch(/^8/);
  expect(item?.parentElement?.childElementCount).toBe(5);
  expect(details.getAllByText(/command\.spec\.ts/).length).toBeGreaterThan(0);
  expect(task.error).toMatchObject({ code: 'script_error', file: 'command.spec.ts', line: 8, failed: 1, passed: 1 });
});

// Would catch: a step of a test that is chosen and shows the error of another one, or none.
test('a failed test that is chosen shows its own error', async () => {
  await using panel = await openTask();
  await screen.findByRole('tree', { name: 'Steps' });
  await waitFor(() => expect(row(/has a total/)).toBeTruthy());
  await panel.user.click(row(/has a total/));
  const inspector = within(await screen.findByRole('region', { name: 'Inspector' }));
  expect((await inspector.findByRole('tab', { selected: true })).textContent).toBe('Error');
  expect((await inspector.findAllByText(/the total/)).length).toBeGreaterThan(0);
});

// Would catch: a report that only can be downloaded, one that is opened as a trace or on the panel's own origin, or in a frame that may do anything.
test('the report opens in a frame of the content origin', async () => {
  await using panel = await openTask('?tab=artifacts');
  await panel.user.click(await screen.findByRole('button', { name: 'Open report' }));
  const frame = await screen.findByTitle<HTMLIFrameElement>(/^Report/);
  const url = new URL(frame.src);
  expect(url.origin).not.toBe(subject.url);
  expect(url.pathname).toBe('/trace-viewer/report/index.html');
  const report = await fetch(new URL(url.searchParams.get('report') ?? '', url.origin));
  expect(report.status).toBe(200);
  expect(
    Buffer.from(await report.arrayBuffer())
      .subarray(0, 2)
      .toString(),
  ).toBe('PK');
  expect(screen.queryByRole('button', { name: 'Open trace' })).toBeNull();
});

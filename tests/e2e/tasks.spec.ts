import type { Page } from '@playwright/test';
import { withScopes } from './support/credential.ts';
import { expectTask, rowOf } from './support/panel.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const WAIT = 'setInterval(() => {}, 1000)';
const names = (page: Page) => page.getByRole('grid', { name: 'Tasks' }).getByRole('row').getByRole('link');

// Would catch: a list that needs the mouse, a cancel or retry key that hits another row, a peek that does not follow.
test('by keyboard: move, peek, cancel, open, run again', async ({ page, api }) => {
  await api.program('Finished first', 'console.log("done")').then(({ id }) => api.ended(id));
  await api.program('Runs for ever', WAIT);
  await open(page, '/tasks');
  const grid = page.getByRole('grid', { name: 'Tasks' });
  await expect(rowOf(page, 'Runs for ever')).toContainText('Running');
  await expect(grid).toBeFocused();

  await page.keyboard.press('J');
  await page.keyboard.press('Space');
  const peek = page.getByRole('complementary', { name: 'Task' });
  await expect(peek).toContainText('Runs for ever');
  await page.keyboard.press('J');
  await expect(peek).toContainText('Finished first');
  await page.keyboard.press('K');
  await expect(peek).toContainText('Runs for ever');
  await page.keyboard.press('C');
  await expect(rowOf(page, 'Runs for ever').first()).toContainText('Cancelled');
  await expect(rowOf(page, 'Finished first').first()).toContainText('Succeeded');

  await page.keyboard.press('J');
  await page.keyboard.press('Enter');
  await expectTask(page, 'Succeeded');
  const first = page.url();
  await page.keyboard.press('R');
  await expect(page).not.toHaveURL(first);
  await expectTask(page, 'Succeeded');
  await expect(page.getByRole('link', { name: /^Rerun of tsk_/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(names(page)).toHaveText(['Finished first', 'Runs for ever', 'Finished first']);
});

// Would catch: a selection that acts on other rows than those shown as chosen.
test('bulk: two are chosen and cancelled, the third runs on', async ({ page, api }) => {
  for (const name of ['One', 'Two', 'Three']) await api.program(name, WAIT);
  await open(page, '/tasks');
  await expect(names(page)).toHaveText(['Three', 'Two', 'One']);
  await page.keyboard.press('J');
  await page.keyboard.press('X');
  await page.keyboard.press('Shift+ArrowDown');
  const bar = page.getByRole('toolbar', { name: 'Selection' });
  await expect(bar).toContainText('2 selected');
  await bar.getByRole('button', { name: 'Cancel' }).click();
  await expect(rowOf(page, 'Three')).toContainText('Cancelled');
  await expect(rowOf(page, 'Two')).toContainText('Cancelled');
  await expect(rowOf(page, 'One')).toContainText('Running');
  await expect(bar).toHaveCount(0);
  await expect(page.getByText('2 tasks cancelled')).toBeVisible();
});

// Would catch: a page that says three times why its task waits, or not at all; a stack that begins with the message above it.
test('a task says once why it waits, a failed one once what failed', async ({ page, api }) => {
  await api.call('queue_update', { paused: true });
  const { id } = await api.program('Waits', '1');
  await open(page, `/tasks/${id}`);
  await expect(page.getByText('The queue is paused. Position 1 in queue')).toHaveCount(1);
  await page.getByRole('link', { name: 'How tasks work' }).first().click();
  await expect(page).toHaveURL(/#\/help\/tasks#why-a-task-waits$/);

  await api.call('queue_update', { paused: false });
  const script = "export default async () => { throw new Error('The shop is closed'); };";
  const failed = await api.task({ name: 'Fails', spec: { kind: 'browser', script } });
  await api.ended(failed.id);
  await open(page, `/tasks/${failed.id}`);
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await expect(page.getByText('The shop is closed', { exact: true })).toHaveCount(1);
  await inspector.getByRole('tab', { name: 'Error' }).click();
  await expect(inspector.getByText(/^at /)).toBeVisible();
});

// Would catch: filters that live in memory only, tabs whose counts or rows are wrong.
test('tabs and filters are in the address and survive a reload', async ({ page, api }) => {
  const good = await api.program('Nightly report', 'console.log(1)');
  const bad = await api.program('Nightly import', 'process.exit(3)');
  const other = await api.task({ name: 'Ping', spec: { kind: 'http', url: `http://127.0.0.1:9/` } });
  for (const { id } of [good, bad, other]) await api.ended(id);

  await open(page, '/tasks');
  await expect(page.getByRole('tab', { name: 'All 3' })).toBeVisible();
  await page.getByRole('tab', { name: 'Failed 2' }).click();
  await expect(names(page)).toHaveText(['Ping', 'Nightly import']);
  await page.getByRole('button', { name: 'Program', exact: true }).click();
  await expect(names(page)).toHaveText(['Nightly import']);
  await page.keyboard.press('/');
  await page.keyboard.type('nightly');
  await expect(page).toHaveURL(/q=nightly/);
  await page.reload();
  await expect(names(page)).toHaveText(['Nightly import']);
  await expect(page.getByRole('tab', { name: 'Failed 1' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('button', { name: 'Program', exact: true })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('searchbox', { name: 'Filter tasks' })).toHaveValue('nightly');

  await page.getByRole('searchbox', { name: 'Filter tasks' }).fill('nothing has this name');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(names(page)).toHaveCount(3);
});

// Would catch: rows that jump under the pointer, new rows that never come, a list that only a reload brings up to date.
test('rows change in place; new ones wait behind a pill while the pointer is inside', async ({ page, api }) => {
  const running = await api.program('Changes in place', WAIT);
  // By age: otherwise what runs stands above all others.
  await open(page, '/tasks?sort=-created_at');
  await expect(rowOf(page, 'Changes in place')).toContainText('Running');
  await rowOf(page, 'Changes in place').hover();
  await api.program('Newcomer', 'console.log(1)').then(({ id }) => api.ended(id));
  await api.program('Latecomer', 'console.log(1)').then(({ id }) => api.ended(id));
  const pill = page.getByRole('button', { name: '2 new' });
  await expect(pill).toBeVisible();
  await expect(names(page)).toHaveText(['Changes in place']);
  await api.call('tasks_cancel', { id: running.id });
  await expect(rowOf(page, 'Changes in place')).toContainText('Cancelled');
  await pill.click();
  await expect(names(page)).toHaveText(['Latecomer', 'Newcomer', 'Changes in place']);
  await expect(pill).toHaveCount(0);

  await page.getByRole('heading', { name: 'Tasks' }).hover();
  await api.program('Comes at once', 'console.log(1)');
  await expect(names(page)).toHaveText(['Comes at once', 'Latecomer', 'Newcomer', 'Changes in place']);
});

// Would catch: a list that draws every row, or that stops at a page's end.
test('1 000 tasks: few rows in the page, all of them within reach', async ({ page, api }) => {
  await api.call('settings_update', { 'rate_limits.enabled': false, 'executor.paused': true });
  const spec = { kind: 'process', argv: ['{{host.node}}', '--version'] };
  for (let made = 0; made < 1_000; made += 50)
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => api.task({ name: `Task ${made + index + 1}`, spec, priority: 'low' })),
    );
  await open(page, '/tasks');
  const grid = page.getByRole('grid', { name: 'Tasks' });
  await expect(page.getByRole('tab', { name: 'Active 1,000' })).toBeVisible();
  await expect(rowOf(page, 'Task 1000')).toContainText('Queued');
  // Each End goes to the last loaded row, which brings the next page.
  await expect(async () => {
    await page.keyboard.press('End');
    await expect(grid).toHaveAttribute('aria-rowcount', '1001', { timeout: 200 });
  }).toPass({ intervals: [20, 50] });
  await page.keyboard.press('End');
  await expect(names(page).getByText('Task 1', { exact: true })).toBeInViewport();
  expect(await grid.getByRole('row').count()).toBeLessThan(90);
  await page.keyboard.press('Home');
  await expect(names(page).getByText('Task 1000', { exact: true })).toBeInViewport();
});

// Would catch: buttons that a caller may press but the host refuses, or that are dead without a reason.
test('a caller with scope run may run and cancel tasks, one or many, but delete none', async ({ page, host, api }) => {
  await api.program('Runs for ever', WAIT);
  await withScopes(page, host, api, ['run']);
  await open(page, '/tasks');
  await expect(rowOf(page, 'Runs for ever')).toContainText('Running');
  await expect(page.getByRole('button', { name: 'Pause queue' })).toHaveAttribute('title', 'Requires scope manage');
  await page.keyboard.press('J');
  await page.keyboard.press('Space');
  const peek = page.getByRole('complementary', { name: 'Task' });
  await expect(peek).toContainText('Running');
  await page.keyboard.press('X');
  const bar = page.getByRole('toolbar', { name: 'Selection' });
  const remove = bar.getByRole('button', { name: 'Delete', exact: true });
  await expect(remove).toHaveAttribute('aria-disabled', 'true');
  await expect(remove).toHaveAttribute('title', 'Requires scope manage');
  await remove.click({ force: true });
  await expect(peek).toContainText('Running');
  await bar.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(peek).toContainText('Cancelled');
});

import type { Locator, Page } from '@playwright/test';
import type { Api } from './support/api.ts';
import { faults } from './support/axe.ts';
import { expectTask } from './support/panel.ts';
import { expect, open, test } from './support/test.ts';

const tree = (page: Page) => page.getByRole('tree', { name: 'Steps' });
const rowsOf = (page: Page) => tree(page).getByRole('treeitem');
const row = (page: Page, name: string) => rowsOf(page).filter({ hasText: name });
/** Bars of a row; `which` narrows them by their attributes. */
const bars = (page: Page, name: string, which = '') => row(page, name).locator(`[data-testid=bar]${which}`);
const reset = (page: Page) => page.getByRole('button', { name: 'Reset zoom' });
/** What the axis says, once it has been laid out: before that it has no width, and only its zero. */
async function ticks(page: Page): Promise<string[]> {
  const all = tree(page).getByTestId('ticks').locator('span');
  await expect(all.nth(1)).toBeVisible();
  return all.allTextContents();
}

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  if (box === null) throw new Error('It has no place');
  return box;
}

/** A browser task of this script. */
async function script(api: Api, name: string, source: string) {
  const profile = await api.call('profiles_create', { name });
  const spec = { kind: 'browser' as const, script: source };
  const task = await api.task({ name, spec, profile_id: profile.id });
  return api.ended(task.id);
}

const STEPS = `export default async ({ step }) => {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  await step('Outer', async () => {
    await step('Inner one', () => wait(300));
    await step('Inner two', () => wait(300));
  });
  await step('Final', () => wait(300));
};`;

// Would catch: a brush that zooms elsewhere than it was drawn, bars drawn outside, a zoom that cannot be left, a press that is no drag.
test('the pointer zooms by dragging and back by double click; what is cut shows it', async ({ page, api }) => {
  const task = await script(api, 'Zoomed', STEPS);
  await open(page, `/tasks/${task.id}`);
  await expectTask(page, 'Succeeded');
  const whole = await ticks(page);
  const bar = await boxOf(bars(page, 'Inner two'));
  const track = await boxOf(row(page, 'Inner two').getByTestId('track'));
  const y = track.y + track.height / 2;
  const middle = bar.x + bar.width / 2;

  // A press without a way chooses the row.
  await page.mouse.click(middle, y);
  await expect(row(page, 'Inner two')).toHaveAttribute('aria-selected', 'true');
  await expect(tree(page)).toBeFocused();
  await expect(reset(page)).toHaveCount(0);

  const drag = async () => {
    await page.mouse.move(bar.x - 1, y);
    await page.mouse.down();
    await page.mouse.move(middle, y, { steps: 3 });
    await expect(page.getByTestId('timeline').getByTestId('brush-mark')).toBeVisible();
  };
  await drag();
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await expect(reset(page)).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(task.id));

  await drag();
  await page.mouse.up();
  await expect(reset(page)).toBeVisible();
  expect(await ticks(page)).not.toEqual(whole);
  await expect(bars(page, 'Inner two')).toHaveAttribute('data-cut', 'right');
  await expect(bars(page, 'Attempt 1', '[data-kind=run]')).toHaveAttribute('data-cut', 'both');
  await expect(bars(page, 'Final')).toHaveCount(0);
  await expect(row(page, 'Final').getByTitle('Later')).toBeVisible();
  const shown = await boxOf(bars(page, 'Inner two'));
  expect(shown.x + shown.width).toBeLessThanOrEqual(track.x + track.width + 1);
  expect(shown.width).toBeGreaterThan(track.width * 0.8);
  expect(await faults(page)).toEqual([]);

  await page.mouse.dblclick(middle, y);
  await expect(reset(page)).toHaveCount(0);
  expect(await ticks(page)).toEqual(whole);
});

// Would catch: keys that are missing or mean something else, Escape that leaves the task instead of the zoom, a tree that is none.
test('the keyboard moves in the tree, zooms around the chosen row, pans, and backs out', async ({ page, api }) => {
  const task = await script(api, 'By keyboard', STEPS);
  await open(page, `/tasks/${task.id}`);
  await expectTask(page, 'Succeeded');
  await tree(page).focus();
  await page.keyboard.press('End');
  await expect(tree(page).getByRole('treeitem').last()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  // A browser that took its time has a row of its own before the steps.
  if ((await row(page, 'Before the first step').count()) > 0) await page.keyboard.press('ArrowDown');
  await expect(row(page, 'Outer')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowLeft');
  await expect(row(page, 'Outer')).toHaveAttribute('aria-expanded', 'false');
  await expect(row(page, 'Inner one')).toHaveCount(0);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(row(page, 'Inner one')).toHaveAttribute('aria-selected', 'true');
  await expect(row(page, 'Inner one')).toHaveAttribute('aria-level', '3');
  await expect(row(page, 'Inner one')).toHaveAttribute('aria-setsize', '2');
  expect(await tree(page).getAttribute('aria-activedescendant')).toBe(await row(page, 'Inner one').getAttribute('id'));

  const whole = await ticks(page);
  const before = await boxOf(bars(page, 'Inner one'));
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  const after = await boxOf(bars(page, 'Inner one'));
  expect(after.width).toBeGreaterThan(before.width * 2);
  const zoomed = await ticks(page);
  await page.keyboard.press('Shift+ArrowRight');
  expect((await boxOf(bars(page, 'Inner one'))).x).toBeLessThan(after.x);
  await page.keyboard.press('Shift+ArrowLeft');
  expect(await ticks(page)).toEqual(zoomed);
  await page.keyboard.press('-');
  await page.keyboard.press('-');
  await expect(reset(page)).toHaveCount(0);

  await page.keyboard.press('+');
  await page.keyboard.press('0');
  await expect(reset(page)).toHaveCount(0);
  await page.keyboard.press('+');
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByRole('region', { name: 'Timeline' });
  await expect(sheet).toContainText('Zoom in+');
  await expect(sheet).toContainText('Reset zoomEsc');
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
  await expect(reset(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(reset(page)).toHaveCount(0);
  expect(await ticks(page)).toEqual(whole);
  await expect(page).toHaveURL(new RegExp(task.id));
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/#\/tasks$/);
});

/** Counts how often the place of now was written, without the panel's doing. */
const countWrites = (page: Page) =>
  page.evaluate(() => {
    const count = { writes: 0, rows: 0 };
    const frame = document.querySelector('[data-testid=timeline]');
    if (frame === null) throw new Error('There is no timeline');
    new MutationObserver((all) => {
      for (const { target } of all) {
        if (target === frame) count.writes += 1;
        else if (target instanceof Element && target.closest('[data-testid=track]') !== null) count.rows += 1;
      }
    }).observe(frame, { subtree: true, attributes: true, attributeFilter: ['style'] });
    Object.assign(globalThis, { nowCount: count });
  });
const counted = (page: Page) =>
  page.evaluate(() => ({ ...(globalThis as unknown as { nowCount: { writes: number; rows: number } }).nowCount }));

// Would catch: a line that stands still, one that lays out every bar with each tick, a timer that goes on after the task or unseen.
test('the line of now moves while a task runs, by one write a tick, and then stops', async ({ page, api }) => {
  const task = await api.program('Goes on', 'setInterval(() => {}, 1000)');
  await open(page, `/tasks/${task.id}`);
  await expectTask(page, 'Running');
  const line = tree(page).getByTestId('now');
  await expect(line).toBeVisible();
  const place = () => line.evaluate((element) => element.getBoundingClientRect().x);
  const start = await place();
  await countWrites(page);
  await expect.poll(async () => (await counted(page)).writes, { intervals: [50] }).toBeGreaterThanOrEqual(6);
  // Not further right: the axis may have grown meanwhile.
  expect(await place()).not.toBe(start);
  // Both in one look: the line moves between two.
  const end = await bars(page, 'Attempt 1', '[data-open]').elementHandle();
  const apart = await line.evaluate(
    (element, bar) => Math.abs((bar as Element).getBoundingClientRect().right - element.getBoundingClientRect().x),
    end,
  );
  expect(apart).toBeLessThan(3);
  // The axis may grow once in this time, and then its bars are laid out again; they are not with each tick.
  expect((await counted(page)).rows).toBeLessThan(3);
  expect(await faults(page)).toEqual([]);

  // Unseen, it stands still: what goes on meanwhile takes the time of several ticks.
  const pass = () => api.program('Passes the time', 'setTimeout(() => {}, 900)').then(({ id }) => api.ended(id));
  const see = (hidden: boolean) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await see(true);
  const unseen = (await counted(page)).writes;
  await pass();
  expect((await counted(page)).writes).toBe(unseen);
  await see(false);
  await expect.poll(async () => (await counted(page)).writes, { intervals: [50] }).toBeGreaterThan(unseen + 1);

  await api.call('tasks_cancel', { id: task.id });
  await expectTask(page, 'Cancelled');
  await expect(line).toHaveCount(0);
  const ended = (await counted(page)).writes;
  await pass();
  expect((await counted(page)).writes).toBe(ended);
});

// Would catch: an attempt that hides the time it waited for, a back-off that looks like work, a task that waits again without a word.
test('waits and retries are pieces of their own, and the next attempt is announced', async ({ page, api }) => {
  const command = await api.call('commands_create', {
    name: 'Fails',
    kind: 'process',
    spec: { argv: ['{{host.node}}', '-e', 'process.exit(1)'] },
    retry: { max: 2, backoff_seconds: 1.5, factor: 10 },
  });
  const task = await api.task({ command_id: command.id });
  await open(page, `/tasks/${task.id}`);
  await expectTask(page, 'Retrying');
  await expect(bars(page, 'Attempt 3', '[data-kind=retry][data-open]')).toBeVisible({ timeout: 20_000 });
  await expect(bars(page, 'Attempt 2', '[data-kind=retry]')).toBeVisible();
  await expect(bars(page, 'Attempt 2', '[data-kind=run][data-tone=bad]')).toBeVisible();
  await expect(row(page, 'Attempt 2')).toContainText(/waited \d/);
  await expect(bars(page, 'Attempt 3', '[data-kind=run]')).toHaveCount(0);
  await expect(tree(page).getByTestId('now')).toBeVisible();
  await api.call('tasks_cancel', { id: task.id });
  await expect(row(page, 'Attempt 3')).toHaveCount(0);
});

// Would catch: a tree or a table that draws every step or none, or a tree that loses the chosen one, its focus and its place while it scrolls.
test('2 000 steps: few rows in the page, all of them within reach of the keys', async ({ page, api }) => {
  const task = await script(
    api,
    'Many steps',
    "export default async ({ step }) => { for (let n = 1; n <= 2000; n++) await step('Step ' + n + '.', () => n); };",
  );
  await open(page, `/tasks/${task.id}`);
  await expectTask(page, 'Succeeded');
  await tree(page).focus();
  await page.keyboard.press('End');
  await expect(row(page, 'Step 2000.')).toBeInViewport();
  expect(await rowsOf(page).count()).toBeLessThan(80);
  await page.keyboard.press('Home');
  await expect(row(page, 'Attempt 1')).toBeInViewport();
  await page.keyboard.press('ArrowDown');
  if ((await row(page, 'Before the first step').count()) > 0) await page.keyboard.press('ArrowDown');
  await expect(row(page, 'Step 1.')).toHaveAttribute('aria-selected', 'true');
  // Scrolled away, the chosen row is still what the tree points to.
  await tree(page).evaluate((element) => {
    element.scrollTop = 30_000;
  });
  await expect(row(page, 'Step 940.')).toBeInViewport();
  const active = await tree(page).getAttribute('aria-activedescendant');
  await expect(page.locator(`[id="${active}"]`)).toHaveCount(1);
  await page.keyboard.press('PageDown');
  await expect(rowsOf(page).and(page.locator('[aria-selected=true]'))).toBeInViewport();
  // The same steps as a table.
  await page.getByRole('tab', { name: /^Steps/ }).click();
  const table = page.getByRole('region', { name: 'Steps' });
  await table.focus();
  await page.keyboard.press('End');
  await expect(table.getByRole('cell', { name: 'Step 2000.' })).toBeInViewport();
  expect(await table.getByRole('row').count()).toBeLessThan(80);
  expect(await faults(page)).toEqual([]);
});

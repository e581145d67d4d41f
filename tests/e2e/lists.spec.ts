import type { Page } from '@playwright/test';
import type { TaskId } from '../../src/contract/kernel/scalars.ts';
import { faults } from './support/axe.ts';
import { rowOf } from './support/panel.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const WAIT = 'setInterval(() => {}, 1000)';
const grid = (page: Page, name: string) => page.getByRole('grid', { name });
const heads = (page: Page, name: string) => grid(page, name).getByRole('columnheader');
const rowIds = (page: Page, name: string) =>
  grid(page, name)
    .locator('tbody tr[data-id]')
    .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.id));

// Would catch: columns that only keys can move, a drag that sorts, an order that a reload forgets.
test('a column is dragged by the mouse to another place and stays there', async ({ page, api }) => {
  await api.call('profiles_create', { name: 'Desk' });
  await open(page, '/profiles');
  await expect(page.getByRole('row', { name: /Desk/ })).toBeVisible();
  const titles = async () => (await heads(page, 'Profiles').allTextContents()).filter((title) => title !== '');
  const before = await titles();
  expect(before.indexOf('Group')).toBeLessThan(before.indexOf('Size'));
  const from = await heads(page, 'Profiles').filter({ hasText: 'Size' }).boundingBox();
  const to = await heads(page, 'Profiles').filter({ hasText: 'Group' }).boundingBox();
  if (from === null || to === null) throw new Error('a head is not in view');
  await page.mouse.move(from.x + from.width / 2, from.y + 12);
  await page.mouse.down();
  await page.mouse.move(to.x + 12, to.y + 12, { steps: 6 });
  await expect(heads(page, 'Profiles').filter({ hasText: 'Group' })).toHaveAttribute('data-drop', 'before');
  await page.mouse.up();
  const after = await titles();
  expect(after.indexOf('Size')).toBe(before.indexOf('Group'));
  expect(after.indexOf('Group')).toBe(before.indexOf('Group') + 1);
  await expect(page).not.toHaveURL(/sort=/);
  await page.reload();
  await expect(grid(page, 'Profiles')).toBeVisible();
  expect(await titles()).toEqual(after);
});

// Would catch: an edge that ends elsewhere than where it was let go, because the other columns share what is left.
for (const [title, by] of [
  ['Name', -200],
  ['Group', 60],
] as const) {
  test(`the edge of the column ${title} is where the pointer has dragged it`, async ({ page, api }) => {
    await api.call('profiles_create', { name: 'Desk' });
    await open(page, '/profiles');
    await expect(page.getByRole('row', { name: /Desk/ })).toBeVisible();
    const grip = grid(page, 'Profiles').getByRole('separator', { name: `Width of ${title}` });
    const middle = async () => {
      const box = await grip.boundingBox();
      if (box === null) throw new Error('the edge is not in view');
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    };
    const from = await middle();
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x + by, from.y, { steps: 5 });
    expect(Math.abs((await middle()).x - (from.x + by))).toBeLessThan(3);
    await page.mouse.up();
    await expect.poll(async () => Math.round((await middle()).x - (from.x + by))).toBe(0);
    await page.reload();
    await expect(page.getByRole('row', { name: /Desk/ })).toBeVisible();
    await expect.poll(async () => Math.round((await middle()).x - (from.x + by))).toBe(0);
  });
}

// Would catch: "profile 10" before "profile 2", a sort of the loaded page only, a column whose head does nothing.
test('names are ordered naturally over all pages, and every column sorts', async ({ page, api }) => {
  const names = Array.from({ length: 130 }, (_, n) => `profile ${n + 1}`);
  await api.call('settings_update', { 'rate_limits.enabled': false });
  for (const name of names.toReversed()) await api.call('profiles_create', { name });
  await open(page, '/profiles');
  const cells = grid(page, 'Profiles').locator('tbody tr[data-id]');
  for (const [index, name] of names.slice(0, 12).entries())
    await expect(cells.nth(index).getByText(name, { exact: true })).toBeVisible();
  await grid(page, 'Profiles').press('End');
  await expect(grid(page, 'Profiles').getByText('profile 100', { exact: true })).toBeVisible();
  for (const title of ['State', 'Name', 'Group', 'Browser', 'Last used', 'Size']) {
    const head = heads(page, 'Profiles').filter({ hasText: title });
    await head.getByRole('button').click();
    await expect(head).toHaveAttribute('aria-sort', 'descending');
    await expect(cells.first()).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  }
});

// Would catch: a task that runs below ten that have ended, a menu for each row in the page, an action on another row.
test('running tasks come first; the menu of a row acts on it without opening it', async ({ page, api }) => {
  const long = await api.program('Runs on', WAIT);
  const ended: TaskId[] = [];
  for (let n = 0; n < 3; n += 1) ended.push((await api.program(`Ends ${n}`, '1')).id);
  for (const id of ended) await api.ended(id);
  await open(page, '/tasks');
  await expect(rowOf(page, 'Runs on')).toContainText('Running');
  await expect.poll(() => rowIds(page, 'Tasks')).toEqual([long.id, ...ended.reverse()]);
  await expect(page.getByRole('menu')).toHaveCount(0);
  await rowOf(page, 'Runs on').click({ button: 'right' });
  const menu = page.getByRole('menu');
  await expect(menu).toHaveCount(1);
  expect(await faults(page)).toEqual([]);
  await menu.getByRole('menuitem', { name: 'Cancel' }).click();
  await expect(rowOf(page, 'Runs on')).toContainText('Cancelled');
  await expect(page).toHaveURL(/\/tasks$/);
  await page.getByRole('button', { name: 'Actions for Ends 1' }).click();
  await menu.getByRole('menuitem', { name: 'Same version exactly' }).click();
  await expect(page.getByRole('link', { name: /^Rerun of tsk_/ })).toBeVisible();
});

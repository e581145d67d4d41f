import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const card = (page: Page, title: string): Locator => page.getByRole('region', { name: title, exact: true });
const chart = (page: Page, title: string): Locator => page.getByRole('img', { name: new RegExp(`^${title}:`) });

/** Where the cursor's line is in each chart that shows one, px from the left of its plot. */
const cursors = (page: Page): Promise<number[]> =>
  page
    .getByRole('region', { name: /Charts/ })
    .locator('.u-cursor-x:not(.u-off)')
    .evaluateAll((lines) => lines.map((line) => new DOMMatrix(getComputedStyle(line).transform).m41));

/** Pixels of a chart that have the colour of its first line. */
const drawn = (image: Locator): Promise<number> =>
  image.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const pen = canvas.getContext('2d');
    if (pen === null) return 0;
    const { width, height } = canvas;
    const shown = pen.getImageData(0, 0, width, height).data;
    pen.save();
    pen.fillStyle = getComputedStyle(canvas).getPropertyValue('--info').trim();
    const hex = String(pen.fillStyle);
    pen.restore();
    const wanted = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    let count = 0;
    for (let at = 0; at < shown.length; at += 4)
      if (wanted.every((value, index) => Math.abs((shown[at + index] ?? 0) - value) < 12)) count += 1;
    return count;
  });

// Would catch: figures that never come, charts that are made anew each second, a cursor that only one chart has, one that keys cannot
// move, charts without a text, and a tab that a reload forgets.
test('figures come live, and all charts show the same moment', async ({ page, api }) => {
  await open(page, '/logs');
  await page.keyboard.press(']');
  await expect(page.getByRole('tab', { name: 'Metrics' })).toHaveAttribute('aria-selected', 'true');
  await page.reload();
  await expect(chart(page, 'Memory, TabAgent')).toHaveAccessibleName(/: \d+ MB$/);
  await expect(page.getByRole('img')).toHaveCount(9);
  const canvas = await chart(page, 'Tasks ended').locator('canvas').elementHandle();

  const ended = card(page, 'Tasks ended');
  await expect(ended).toContainText('Succeeded0/min');
  const task = await api.program('Nothing much', 'console.log(1)');
  await api.ended(task.id);
  await expect(ended).toContainText('Succeeded1/min');
  await expect.poll(() => drawn(chart(page, 'Memory, TabAgent'))).toBeGreaterThan(5);
  expect(await canvas?.evaluate((element) => element.isConnected), 'points are added to the chart there is').toBe(true);

  // The first moment is from before the task.
  expect(await cursors(page)).toEqual([]);
  await chart(page, 'Queue')
    .locator('.u-over')
    .hover({ position: { x: 4, y: 40 } });
  await expect(ended).toContainText('Succeeded0/min');
  await expect(page.getByText('Live')).toHaveCount(0);
  const shared = await cursors(page);
  expect(shared).toHaveLength(9);
  expect(Math.max(...shared) - Math.min(...shared), shared.join()).toBeLessThan(3);
  await page.mouse.move(0, 0);
  await expect(ended).toContainText('Succeeded1/min');

  const grid = page.getByRole('region', { name: /Charts/ });
  await grid.focus();
  await page.keyboard.press('Home');
  await expect(ended).toContainText('Succeeded0/min');
  await expect(page.getByText(/CPU, TabAgent: .*Tasks ended: Succeeded 0\/min/)).toHaveCount(1);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Escape');
  await expect(page.getByText('Live')).toBeVisible();

  await page.keyboard.press('3');
  await expect(page).toHaveURL(/range=1h/);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
});

// Would catch: charts that vanish with the host, or stand still after it has come back.
test('the charts outlive the host and go on with the next', async ({ page, host, watch }) => {
  watch.allow(/WebSocket|ERR_CONNECTION/);
  await open(page, '/logs?tab=metrics');
  await expect(page.getByText('Live')).toBeVisible();
  await expect.poll(() => drawn(chart(page, 'Memory, TabAgent'))).toBeGreaterThan(5);
  await host.kill();
  await expect(page.getByText('Not live')).toBeVisible();
  await expect(page.getByRole('img')).toHaveCount(9);
  await host.restart();
  await expect(page.getByText('Live', { exact: true })).toBeVisible({ timeout: 20_000 });
  const before = await page.getByRole('region', { name: /Charts/ }).evaluate((grid) => grid.textContent);
  await expect(page.getByRole('region', { name: /Charts/ })).not.toHaveText(before ?? '');
});

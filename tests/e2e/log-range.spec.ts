import type { Page } from '@playwright/test';
import type { Api } from './support/api.ts';
import { faults } from './support/axe.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const chart = (page: Page) => page.getByRole('slider', { name: 'Time range of the log' });
const rows = (page: Page) => page.getByRole('log').locator('[data-testid=log-line]');
const chip = (page: Page) => page.getByRole('button', { name: 'show all times' });
const follow = (page: Page) => page.getByRole('button', { name: /Follow(ing)? the end/ });

/** Bars of the histogram: 60 over all lines, at least a second each. */
const SLOTS = 60;

/** Two bursts of 40 lines, some seconds apart. @returns the bars that hold the first one */
async function bursts(api: Api): Promise<{ first: number; last: number }> {
  for (const name of ['early', 'late']) {
    const entries = Array.from({ length: 40 }, (_, index) => ({
      level: index % 20 === 0 ? ('error' as const) : ('info' as const),
      message: `${name} ${index + 1}`,
    }));
    await api.call('logs_write', { entries });
    await api.program('Takes its time', 'setTimeout(() => {}, 2500)').then(({ id }) => api.ended(id));
  }
  const { logs } = await api.call('logs_query', { limit: 1_000 });
  const times = logs.map(({ timestamp }) => timestamp);
  const start = Math.min(...times);
  const length = Math.max(SLOTS * 1_000, Math.max(...times) + 1 - start);
  const early = logs.flatMap(({ message, timestamp }) => (message.includes('early') ? [timestamp] : []));
  const slot = (at: number) => Math.floor(((at - start) / length) * SLOTS);
  return { first: slot(Math.min(...early)), last: slot(Math.max(...early)) };
}

// Would catch: a brush that selects other lines than its bars count, a range lost with a reload, a log that goes on under a past range.
test('a dragged range shows its lines only, is in the address, and is cleared', async ({ page, api }) => {
  const { first, last } = await bursts(api);
  await open(page, '/logs');
  await expect(rows(page).filter({ hasText: 'late 40' })).toBeVisible();
  await expect(follow(page)).toHaveAttribute('aria-pressed', 'true');

  const box = await chart(page).boundingBox();
  if (box === null) throw new Error('The histogram has no place');
  const x = (slot: number) => box.x + (box.width / SLOTS) * slot;
  const y = box.y + box.height / 2;
  const drag = async () => {
    await page.mouse.move(x(last + 0.9), y);
    await page.mouse.down();
    await page.mouse.move(x(first + 0.5), y, { steps: 4 });
    await page.mouse.move(x(first + 0.1), y);
    await expect(page.getByTestId('brush-mark')).toBeVisible();
  };
  await drag();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('brush-mark')).toBeHidden();
  await page.mouse.up();
  await expect(chip(page)).toHaveCount(0);

  await drag();
  await page.mouse.up();
  await expect(chip(page)).toBeVisible();
  await expect(page).toHaveURL(/from=\d+&to=\d+/);
  await expect(rows(page).filter({ hasText: 'early 1' }).first()).toBeVisible();
  await expect(rows(page).filter({ hasText: 'late' })).toHaveCount(0);
  await expect(follow(page)).toHaveAttribute('aria-pressed', 'false');
  await expect(follow(page)).toHaveAttribute('aria-disabled', 'true');
  expect(await faults(page)).toEqual([]);

  // What is written now is not of this time.
  await api.call('logs_write', { entries: [{ message: 'much later' }] });
  await page.reload();
  await expect(rows(page).filter({ hasText: 'early 1' }).first()).toBeVisible();
  await expect(rows(page).filter({ hasText: 'later' })).toHaveCount(0);
  await expect(chip(page)).toBeVisible();

  await page.keyboard.press('Escape');
  await expect(chip(page)).toHaveCount(0);
  await expect(page).not.toHaveURL(/from=/);
  await expect(rows(page).filter({ hasText: 'much later' })).toBeVisible();
  await expect(follow(page)).toHaveAttribute('aria-pressed', 'true');
});

// Would catch: a histogram that only the pointer can use, a caret that says nothing, Escape that leaves too much at once.
test('by keyboard: a caret over the bars, Shift selects, Enter applies, Escape goes back step by step', async ({
  page,
  api,
}) => {
  const { first, last } = await bursts(api);
  const extend = async () => {
    await page.keyboard.press('Home');
    for (let slot = 0; slot < first; slot += 1) await page.keyboard.press('ArrowRight');
    for (let slot = first; slot <= last; slot += 1) await page.keyboard.press('Shift+ArrowRight');
  };
  await open(page, '/logs');
  await expect(rows(page).filter({ hasText: 'late 40' })).toBeVisible();
  await chart(page).focus();
  await page.keyboard.press('Home');
  await expect(chart(page)).toHaveAttribute('aria-valuenow', '0');
  await expect(chart(page)).toHaveAttribute('aria-valuetext', /^\d\d:\d\d:\d\d.*lines?, \d+ errors?$/);
  await extend();
  await expect(chart(page)).toHaveAttribute('aria-valuetext', / – .* lines, 2 errors$/);
  await page.keyboard.press('Escape');
  await expect(chart(page)).not.toHaveAttribute('aria-valuetext', / – /);
  await extend();
  await page.keyboard.press('Enter');
  await expect(chip(page)).toBeVisible();
  await expect(chart(page)).toBeFocused();
  await expect(rows(page).filter({ hasText: 'late' })).toHaveCount(0);

  // Further into the range, and out again.
  const address = page.url();
  await page.keyboard.press('Enter');
  await expect(page).not.toHaveURL(address);
  await page.keyboard.press('Escape');
  await expect(chip(page)).toHaveCount(0);
  await expect(rows(page).filter({ hasText: 'late 40' })).toBeVisible();
});

// Would catch: a level that leaves few lines and so turns following on, and a place that is lost with it.
test('levels change nothing about following, and the place is kept', async ({ page, api }) => {
  const entries = Array.from({ length: 200 }, (_, index) => ({
    level: index % 100 === 0 ? ('error' as const) : ('info' as const),
    message: `line ${index + 1};`,
  }));
  await api.call('logs_write', { entries });
  await open(page, '/logs');
  await expect(rows(page).filter({ hasText: 'line 200;' })).toBeInViewport();
  await page.getByRole('log').hover();
  await page.mouse.wheel(0, -1_000);
  await expect(follow(page)).toHaveAttribute('aria-pressed', 'false');
  await expect(rows(page).filter({ hasText: 'line 200;' })).not.toBeInViewport();
  const top = await page.getByRole('log').evaluate((log) => {
    const from = log.getBoundingClientRect().top;
    return [...log.querySelectorAll('[data-testid=log-line]')].find((row) => row.getBoundingClientRect().top >= from)
      ?.textContent;
  });
  if (top == null) throw new Error('No line is shown');

  await page.keyboard.press('1');
  await expect(rows(page)).toHaveText([/line 1;/, /line 101;/]);
  await expect(follow(page)).toHaveAttribute('aria-pressed', 'false');
  await page.keyboard.press('1');
  await expect(
    rows(page)
      .filter({ hasText: /line \d+;/ })
      .nth(5),
  ).toBeVisible();
  await expect(follow(page)).toHaveAttribute('aria-pressed', 'false');
  await expect(rows(page).getByText(top.slice(top.indexOf('line ')), { exact: true })).toBeInViewport();

  await page.getByRole('log').hover();
  await page.mouse.wheel(0, 9_000);
  await expect(follow(page)).toHaveAttribute('aria-pressed', 'true');
});

/** Every screen as someone goes through it who has no mouse, or does not see it. */
import type { Page } from '@playwright/test';
import { type Filled, fill } from './support/fill.ts';
import { taskHead } from './support/panel.ts';
import { backwards, type Stop, walk } from './support/stops.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

interface Place {
  path: string;
  /** A text that is there when the screen is. */
  ready: string | RegExp;
}

const places = ({ tasks, command, profile }: Filled): Place[] => [
  { path: '/', ready: 'Failures by cause' },
  { path: '/tasks', ready: 'Print the nightly report' },
  { path: `/tasks?peek=${tasks.failed}`, ready: 'Screenshots' },
  { path: `/tasks/${tasks.failed}`, ready: 'Call log' },
  { path: `/tasks/${tasks.succeeded}?tab=log`, ready: 'invoices are open' },
  { path: `/tasks/${tasks.succeeded}?tab=artifacts`, ready: 'Open trace' },
  { path: `/tasks/${tasks.running}`, ready: 'Copying 4 812 files' },
  { path: `/commands/${command}`, ready: 'Read the table' },
  { path: `/profiles?peek=${profile}`, ready: 'Europe/Berlin' },
  { path: '/connections', ready: 'Nightly export' },
  { path: '/connections?tab=api', ready: 'First request' },
  { path: '/logs', ready: 'The page closed before it answered' },
  { path: '/logs?tab=metrics', ready: /\d MB$/ },
  { path: '/help/tasks', ready: 'Why a task waits' },
  // The editor of the rate limits comes last.
  { path: '/settings?section=API %26 security', ready: '{}' },
  { path: '/settings?section=Storage %26 retention', ready: 'Backups' },
  { path: '/settings?section=about', ready: 'Diagnosis' },
];

/** A role alone, such as `button`, is no name. */
const isNameless = ({ name }: Stop) => !name.includes(' ');

async function check(page: Page, place: string): Promise<void> {
  const { all, stops } = await walk(page);
  const reached = new Set(stops.map(({ index }) => index));
  const texts = (some: readonly Stop[]) => some.map(({ name, text }) => `${name} (${text})`);
  expect
    .soft(
      all.filter((_, index) => !reached.has(index)),
      `${place}: never reached`,
    )
    .toEqual([]);
  expect.soft(texts(stops.filter(({ shows }) => !shows)), `${place}: without a visible focus`).toEqual([]);
  expect.soft(texts(stops.filter(isNameless)), `${place}: without a name`).toEqual([]);
  expect.soft(texts(backwards(stops)), `${place}: left of the control before`).toEqual([]);
}

// Would catch: a control that only the mouse reaches or that has no name, a focus that cannot be seen or jumps across the page.
test('Tab reaches every control of every screen in the order in which they stand; each has a name and shows the focus', async ({
  page,
  api,
}) => {
  test.setTimeout(600_000);
  for (const { path, ready } of places(await fill(api))) {
    await page.goto('about:blank');
    await open(page, path);
    await expect(page.locator('main').getByText(ready).first()).toBeVisible();
    await check(page, path);
  }
});

// Would catch: a task that ends without a word for those who do not see its badge, and a log that reads every line aloud.
test('the end of a task is announced, its lines are not', async ({ page, api }) => {
  await api.call('settings_update', { 'executor.paused': true });
  const { id } = await api.program('Soon over', 'console.log(1)');
  await open(page, `/tasks/${id}`);
  const announced = taskHead(page).locator('[aria-live=polite]');
  await expect(announced).toHaveText('Queued');
  await expect(page.locator('[aria-live=polite], [role=status], [role=alert]').filter({ hasText: 'Soon' })).toHaveCount(
    0,
  );
  await api.call('settings_update', { 'executor.paused': false });
  await expect(announced).toHaveText('Succeeded');
  await expect(page.getByRole('log')).toHaveAttribute('aria-live', 'off');
});

// Would catch: a log in which Tab has to be pressed for every line, and lines whose details only the mouse opens.
test('Tab stops at one line of a log; arrow keys go on from there, Enter shows its details', async ({ page, api }) => {
  await fill(api);
  await open(page, '/logs');
  const log = page.getByRole('log');
  await expect(log).toContainText('Slow answer');
  const stop = log.locator('button[tabindex="0"]');
  await expect(stop).toHaveCount(1);
  const seq = async () => Number(/\d+$/.exec((await stop.getAttribute('aria-label')) ?? '')?.[0]);
  await stop.focus();
  const from = await seq();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(stop).toBeFocused();
  expect(await seq()).toBeLessThan(from);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Line' })).toBeVisible();
});

import type { CDPSession, Page } from '@playwright/test';
import { tell } from '../support/figures.ts';
import { expect, open, test } from '../support/test.ts';
import { traceThread } from '../support/thread-trace.ts';

// A trace would take a picture of every frame that is measured.
test.use({ fresh: true, trace: 'off', actionTimeout: 60_000 });

/** The long form is what the bars are about: `TABAGENT_FIGURES=long npm test -- tests/e2e/figures/live.spec.ts`. */
const LONG = process.env.TABAGENT_FIGURES === 'long';
const BROWSERS = LONG ? 20 : 3;
const MINUTES = LONG ? 10 : 0.5;
/** Longest task of the page's thread, ms. */
const BAR = 100;
/** A busy machine makes the work itself longer. */
const NOISE = 2;
/** How much larger than at first the heap may be at the end; collections of garbage leave a little. */
const GROWTH = 1.2;
const MB = 1024 * 1024;

/** Moves, writes and reports without a pause, until it is cancelled. */
const SCRIPT = `export default async ({ page, input, log, progress, step }) => {
  for (let round = 1; ; round += 1) {
    await step('Round ' + round, async () => {
      await page.goto(input.shop);
      for (let line = 1; line <= 10; line += 1) log.info('Round ' + round + ', line ' + line, { round, line });
      progress(round % 100, 'Round ' + round);
    });
    await page.waitForTimeout(250);
  }
};
`;

async function heap(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  return (await cdp.send('Runtime.getHeapUsage')).usedSize / MB;
}

/** Longest task of the page's thread while a screen is opened and then watched, ms of work and by the clock. */
async function watched(page: Page, path: string): Promise<{ cpu: number; wall: number }> {
  const ended = await traceThread(page);
  await page.evaluate((hash) => {
    location.hash = hash;
  }, path);
  // So many browsers leave little of a small machine to the panel.
  await expect(page.getByRole('main').getByTestId('screen')).toBeVisible({ timeout: 60_000 });
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1_500)));
  const tasks = await ended();
  return { cpu: Math.max(...tasks.map(({ cpu }) => cpu)), wall: Math.max(...tasks.map(({ wall }) => wall)) };
}

// Would catch: a screen that renders with every change of every task, and caches, logs or listeners that only grow.
test(`${BROWSERS} live browser tasks: no long task in the panel, and a heap that stays as it is`, async ({
  page,
  api,
}, info) => {
  test.setTimeout(MINUTES * 60_000 + 600_000);
  await open(page, '/');
  await api.call('settings_update', { 'rate_limits.enabled': false, 'executor.max_running': BROWSERS });
  const { url } = await api.call('demo_start', {});
  const spec = { kind: 'browser' as const, script: SCRIPT };
  const ids: string[] = [];
  for (let n = 1; n <= BROWSERS; n += 1) {
    const { id } = await api.task({ name: `Live ${n}`, spec, input: { shop: url }, timeout_seconds: 3_600 });
    ids.push(id);
  }
  // All browsers are up when each task has told of its progress.
  const live = async () => {
    const { items } = await api.call('tasks_list', { status: ['running'], limit: 100 });
    return items.filter(({ progress }) => progress !== null).length;
  };
  await expect.poll(live, { timeout: 300_000, intervals: [1_000] }).toBe(BROWSERS);

  const cdp = await page.context().newCDPSession(page);
  const worst = new Map<string, { cpu: number; wall: number }>();
  const sizes: number[] = [];
  const end = Date.now() + MINUTES * 60_000;
  for (let round = 0; Date.now() < end || sizes.length < 3; round += 1) {
    const id = ids[round % ids.length];
    for (const [name, path] of [
      ['tasks', '/tasks'],
      ['log of a task', `/tasks/${id}?tab=log`],
      ['steps of a task', `/tasks/${id}?tab=steps`],
      ['logs', '/logs'],
      ['metrics', '/logs?tab=metrics'],
      ['dashboard', '/'],
    ] as const) {
      const now = await watched(page, path);
      const before = worst.get(name) ?? { cpu: 0, wall: 0 };
      worst.set(name, { cpu: Math.max(now.cpu, before.cpu), wall: Math.max(now.wall, before.wall) });
    }
    // What the first round loads and caches belongs to no growth.
    if (round > 0) sizes.push(await heap(cdp));
  }
  for (const [name, { cpu, wall }] of worst)
    tell(
      info,
      `longest task on ${name}`,
      `${cpu.toFixed(0)} ms of work, ${wall.toFixed(0)} ms by the clock (bar ${BAR})`,
    );
  const shown = sizes.filter((_, index) => index % Math.ceil(sizes.length / 10) === 0 || index === sizes.length - 1);
  tell(info, `heap over ${MINUTES} minutes`, `${shown.map((size) => size.toFixed(1)).join(', ')} MB`);

  expect([...worst].filter(([, { cpu }]) => cpu > BAR * NOISE)).toEqual([]);
  const [first = 0] = sizes;
  expect(sizes.at(-1), 'MB of heap at the end').toBeLessThan(first * GROWTH + 2);
});

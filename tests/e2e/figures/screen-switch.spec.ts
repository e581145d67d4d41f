import type { Page } from '@playwright/test';
import { SCREENS, type ScreenId } from '../../../src/contract/host/screens.ts';
import { manyProfiles, manyTasks } from '../support/crowd.ts';
import { median, tell } from '../support/figures.ts';
import { fill } from '../support/fill.ts';
import { expect, open, test } from '../support/test.ts';
import { traceThread } from '../support/thread-trace.ts';

// A trace would take a picture of every frame that is measured.
test.use({ fresh: true, trace: 'off' });

/** From the key to the frame that shows the screen, ms, on a machine that does nothing else. */
const BAR = 100;
/** Processor time of the page's thread over the bar: a core that is shared computes slower, and the trace costs some of it. */
const SHARED = 1.5;
/** Tests run two at a time on machines of others: only what is far above the bar by the clock is a defect of the code. */
const NOISE = 4;
const ROUNDS = 9;

/** What a screen shows when its own content is there, not a skeleton. */
const CONTENT: Record<ScreenId, string> = {
  dashboard: '[aria-label="Key figures"] a',
  tasks: '[role=grid] tbody tr a',
  commands: '.cm-content .cm-line',
  profiles: '[role=grid] tbody tr',
  proxies: '[role=grid] tbody tr',
  schedules: '[role=grid] tbody tr',
  models: '[role=tabpanel] input',
  chat: 'form textarea',
  connections: 'table tbody tr',
  logs: '[role=log] [data-testid=log-line]',
  help: 'nav[aria-label=Topics] + section',
  settings: 'nav[aria-label=Sections] ~ section input',
};

/**
 * Starts to wait, in the page, for the end of the frame that first shows a screen with its content; the answer is the time since the
 * last key, ms.
 */
const watchFor = (page: Page, path: string, content: string) =>
  page.evaluateHandle(
    ([wanted, selector]) => {
      const shown = new Promise<number>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${wanted} never showed ${selector}`)), 20_000);
        let pressed = 0;
        const onKey = ({ timeStamp }: KeyboardEvent) => {
          pressed = timeStamp;
        };
        addEventListener('keydown', onKey, true);
        const look = () => {
          // Addresses of screens have one segment, that of the dashboard none.
          const there = /^#\/\w*/.exec(location.hash)?.[0] === `#${wanted}`;
          if (pressed === 0 || !there || document.querySelector(selector) === null) {
            requestAnimationFrame(look);
            return;
          }
          removeEventListener('keydown', onKey, true);
          clearTimeout(late);
          // A task of its own comes after the frame is drawn.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now() - pressed);
          port2.postMessage(null);
        };
        requestAnimationFrame(look);
      });
      // In a box, because a promise as such would be waited for.
      return { shown };
    },
    [path, content] as const,
  );

// Would catch: a screen that draws all rows, asks the host before it shows what it has, or makes an editor anew each time.
test('every screen by its key, with 2 000 tasks and 2 000 profiles', async ({ page, api }, info) => {
  test.setTimeout(300_000);
  const { command } = await fill(api);
  await api.call('settings_update', { 'rate_limits.enabled': false, 'executor.paused': true });
  await manyTasks(api, 2_000);
  await manyProfiles(api, 2_000);
  // The command with a script is the one that Commands shows from now on.
  await open(page, `/commands/${command}`);
  await open(page, '/');
  const took = new Map<ScreenId, { ms: number; cpu: number }[]>(SCREENS.map(({ id }) => [id, []]));
  const order = [...SCREENS.slice(1), SCREENS[0]];
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const { id, key, path } of order) {
      // The focus is in no field, so that letters are keys of the panel.
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      const watch = await watchFor(page, path, CONTENT[id]);
      const stop = await traceThread(page);
      for (const stroke of key.split(' ')) await page.keyboard.press(stroke.replace('Mod', 'ControlOrMeta'));
      const ms = await watch.evaluate(({ shown }) => shown);
      const cpu = (await stop()).reduce((sum, task) => sum + task.cpu, 0);
      // What is loaded once, at the first visit, is a figure of its own.
      if (round > 0) took.get(id)?.push({ ms, cpu });
      else tell(info, `first visit of ${id}`, `${Math.round(ms)} ms`);
    }
  const medians = [...took].map(([id, each]) => ({
    id,
    ms: median(each.map(({ ms }) => ms)),
    cpu: median(each.map(({ cpu }) => cpu)),
    best: Math.min(...each.map(({ ms }) => ms)),
  }));
  for (const { id, best, ms, cpu } of medians)
    tell(
      info,
      `switch to ${id}`,
      `median ${Math.round(ms)} ms (bar ${BAR}), best ${Math.round(best)} ms, processor time ${Math.round(cpu)} ms`,
    );
  expect(medians.filter(({ ms, cpu }) => cpu > BAR * SHARED || ms > BAR * NOISE)).toEqual([]);
});

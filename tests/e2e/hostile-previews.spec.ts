/** Files that a server or a page made to freeze whoever looks at them: the panel answers while each of them is shown. */
import type { Page } from '@playwright/test';
import { tell } from './support/figures.ts';
import { HOSTILE_FILES, HOSTILE_SCRIPT, PLAIN_FILES } from './support/hostile-files.ts';
import { expect, open, test } from './support/test.ts';
import { traceThread } from './support/thread-trace.ts';

/**
 * Processor time of the longest task of the panel's thread while a preview is open, in times of the longest one while plain files of the
 * same size are shown in the same run; a freeze is many more. And the elements of the page.
 */
const MAX_RATIO = 12;
const MAX_ELEMENTS = 8_000;
/** How long each preview is looked at once it is there, ms. */
const LOOK_MS = 1_500;

/** What is said in place of pictures that are not shown. */
const SAYS: Readonly<Record<string, string>> = {
  'pixels.png': 'is too large to show',
  'moving.png': 'This moving picture of 8,000 × 7,992 pixels is too large to show',
  'disguised.svg': 'This drawing is too complex to show',
};

const dialogOf = (page: Page) => page.getByRole('dialog');

/** Opens a preview, waits until it has something to show, looks at it for a while, and closes it with a click. */
async function look(page: Page, name: string): Promise<{ task: number; elements: number }> {
  const stop = await traceThread(page);
  await page.getByRole('table').getByRole('button', { name, exact: true }).click();
  await expect(dialogOf(page).getByRole('heading', { name })).toBeVisible();
  await expect(dialogOf(page).locator('[data-preview] > :not([aria-busy])').first()).toBeAttached({ timeout: 20_000 });
  await expect(dialogOf(page)).toContainText(SAYS[name] ?? '');
  const until = Date.now() + LOOK_MS;
  while (Date.now() < until) await page.evaluate(() => new Promise(requestAnimationFrame));
  const elements = await page.evaluate(() => document.querySelectorAll('*').length);
  await dialogOf(page).getByRole('button', { name: 'Close' }).click();
  await expect(dialogOf(page)).toHaveCount(0);
  const tasks = await stop();
  return { task: Math.max(...tasks.map(({ cpu }) => cpu)), elements };
}

test.describe('hostile files', () => {
  test.use({ fresh: true });
  test.setTimeout(300_000);

  // Would catch: a parser on the page's thread, a tree or table that is drawn whole, a text that is laid out whole, a drawing that the
  // panel's process draws, an archive whose list is read whole, a picture that takes a gigabyte once it is decoded.
  test('freeze no preview', async ({ page, api, watch }, info) => {
    watch.allow(/sandboxed|Content Security Policy|CSP violation/);
    const task = await api.task({
      name: 'Leaves hostile files',
      spec: { kind: 'browser', script: HOSTILE_SCRIPT, trace: 'off', screenshot: 'off' },
    });
    expect((await api.ended(task.id)).error).toBeNull();
    await open(page, `/tasks/${task.id}?tab=artifacts`);
    const slow: string[] = [];
    let plain = 0;
    for (const name of PLAIN_FILES) {
      const { task } = await look(page, name);
      tell(info, name, `longest task ${task.toFixed(0)} ms of processor time`);
      plain = Math.max(plain, task);
    }
    for (const name of HOSTILE_FILES) {
      const { task, elements } = await look(page, name);
      const ratio = task / plain;
      tell(
        info,
        name,
        `longest task ${task.toFixed(0)} ms of processor time, ${ratio.toFixed(1)} × plain, ${elements} elements`,
      );
      if (ratio > MAX_RATIO || elements > MAX_ELEMENTS)
        slow.push(`${name}: ${ratio.toFixed(1)} ×, ${elements} elements`);
    }
    expect(slow).toEqual([]);
  });
});

/** Texts that a page or a program made to freeze whoever reads them: in steps, logs, errors and what is recorded around them. */
import type { Page } from '@playwright/test';
import { tell } from './support/figures.ts';
import { expect, open, test } from './support/test.ts';
import { traceThread } from './support/thread-trace.ts';

/**
 * Processor time of the longest task of the panel's thread while a tab is opened, in times of the longest one with plain texts of the same
 * size in the same run; a freeze is many more.
 */
const MAX_RATIO = 12;

/** Every text as long as it may be: marks that pile up on one letter, letters that have to be shaped, a colour for each letter, line ends. */
const HOSTILE = `[
    (n) => '\\u0e01' + '\\u0e34'.repeat(n),
    (n) => 'a' + '\\u0301'.repeat(n),
    (n) => '\\u0628\\u0e01\\u0915\\u6f22'.repeat(n / 4),
    (n) => '\\u001b[31ma\\u001b[32mb'.repeat(n / 12),
    (n) => '\\n'.repeat(n),
    (n) => 'a' + '\\u0301\\u001b[0m'.repeat(n / 5),
  ]`;
/** As long, and of nothing but words. */
const PLAIN = `[(n) => 'some plain words '.repeat(n / 17)]`;

const scriptOf = (kinds: string) => `export default async ({ page, step }) => {
  const texts = ${kinds};
  const kinds = Array.from({ length: 6 }, (_, n) => texts[n % texts.length]);
  for (let n = 0; n < 240; n++) console.log(n + kinds[n % kinds.length](60_000));
  await page.setContent('<p>Shop');
  await page.evaluate((text) => {
    for (let n = 0; n < 60; n++) console.error(text);
  }, kinds[0](2_000));
  for (let n = 0; n < 60; n++) await step(n + kinds[n % 3](480), async () => [kinds[n % 3](16_000)]);
  await step(kinds[0](480), async () => {
    throw new Error(kinds[0](65_000));
  });
};
`;

test.describe('hostile texts', () => {
  test.use({ fresh: true });
  test.setTimeout(240_000);

  // Would catch: a text of others that is drawn as long as it came.
  test('freeze no tab of a task', async ({ page, api }, info) => {
    const walk = async (name: string, kinds: string) => {
      const { id } = await api.task({
        name,
        spec: { kind: 'browser', script: scriptOf(kinds), trace: 'off', screenshot: 'off' },
      });
      expect((await api.ended(id)).status).toBe('failed');
      return longestTasks(page, name, id);
    };
    const plain = Math.max(...(await walk('Writes plain texts', PLAIN)).values());
    const slow: string[] = [];
    for (const [part, longest] of await walk('Writes hostile texts', HOSTILE)) {
      const ratio = longest / plain;
      tell(info, part, `longest task ${longest.toFixed(0)} ms of processor time, ${ratio.toFixed(1)} × plain`);
      if (ratio > MAX_RATIO) slow.push(`${part}: ${ratio.toFixed(1)} ×`);
    }
    expect(slow).toEqual([]);
  });
});

/** The longest task of the panel's thread, ms of processor time, while each part of a task is opened. */
async function longestTasks(page: Page, name: string, id: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const measure = async (part: string, act: () => Promise<void>) => {
    const stop = await traceThread(page);
    await act();
    for (let frame = 0; frame < 30; frame++) await page.evaluate(() => new Promise(requestAnimationFrame));
    found.set(part, Math.max(...(await stop()).map(({ cpu }) => cpu)));
  };
  await open(page, '/tasks');
  await measure('list', () => page.getByRole('row', { name: new RegExp(name) }).click());
  await page.goto(`/panel/#/tasks/${id}`);
  await expect(page.getByRole('region', { name: 'Failure', exact: true })).toBeVisible();
  const tab = (title: string) => page.getByRole('tab', { name: new RegExp(`^${title}`) }).click();
  for (const title of ['Steps', 'Events', 'Failure']) await measure(title, () => tab(title));
  await measure('log', async () => {
    await tab('Log');
    await expect(page.getByTestId('log-line').first()).toBeVisible({ timeout: 60_000 });
  });
  await measure('log, wrapped', () => page.getByRole('button', { name: 'Wrap lines' }).click());
  await measure('log, search', () => page.getByLabel('Find in log').fill('9'));
  await measure('log, a line', () =>
    page
      .getByRole('button', { name: /^Details of line/ })
      .last()
      .click(),
  );
  return found;
}

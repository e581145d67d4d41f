/** Texts that a page or a program made to freeze whoever reads them: in steps, logs, errors and what is recorded around them. */
import { tell } from './support/figures.ts';
import { expect, open, test } from './support/test.ts';
import { traceThread } from './support/thread-trace.ts';

/** Processor time of the longest task of the panel's thread while a tab is opened, ms. A freeze takes seconds; the rest is for slow machines. */
const MAX_TASK_MS = 600;

/** Every text as long as it may be: marks that pile up on one letter, letters that have to be shaped, a colour for each letter, line ends. */
const SCRIPT = `export default async ({ page, step }) => {
  const kinds = [
    (n) => '\\u0e01' + '\\u0e34'.repeat(n),
    (n) => 'a' + '\\u0301'.repeat(n),
    (n) => '\\u0628\\u0e01\\u0915\\u6f22'.repeat(n / 4),
    (n) => '\\u001b[31ma\\u001b[32mb'.repeat(n / 12),
    (n) => '\\n'.repeat(n),
    (n) => 'a' + '\\u0301\\u001b[0m'.repeat(n / 5),
  ];
  for (let n = 0; n < 240; n++) console.log(n + kinds[n % kinds.length](60_000));
  await page.setContent('<p>Shop');
  await page.evaluate(() => {
    for (let n = 0; n < 60; n++) console.error('\\u0e01' + '\\u0e34'.repeat(2_000));
  });
  for (let n = 0; n < 60; n++) await step(n + kinds[n % 3](480), async () => [kinds[n % 3](16_000)]);
  await step('\\u0e01' + '\\u0e34'.repeat(480), async () => {
    throw new Error('\\u0e01' + '\\u0e34'.repeat(65_000));
  });
};
`;

test.describe('hostile texts', () => {
  test.use({ fresh: true });
  test.setTimeout(240_000);

  // Would catch: a text of others that is drawn as long as it came.
  test('freeze no tab of a task', async ({ page, api }, info) => {
    const task = await api.task({
      name: 'Writes hostile texts',
      spec: { kind: 'browser', script: SCRIPT, trace: 'off', screenshot: 'off' },
    });
    expect((await api.ended(task.id)).status).toBe('failed');
    await open(page, '/tasks');
    const slow: string[] = [];
    const measure = async (name: string, act: () => Promise<void>) => {
      const stop = await traceThread(page);
      await act();
      for (let frame = 0; frame < 30; frame++) await page.evaluate(() => new Promise(requestAnimationFrame));
      const longest = Math.max(...(await stop()).map(({ cpu }) => cpu));
      tell(info, name, `longest task ${longest.toFixed(0)} ms of processor time`);
      if (longest > MAX_TASK_MS) slow.push(`${name}: ${longest.toFixed(0)} ms`);
    };
    await measure('list', () => page.getByRole('row', { name: /Writes hostile texts/ }).click());
    await page.goto(`/panel/#/tasks/${task.id}`);
    await expect(page.getByRole('region', { name: 'Failure', exact: true })).toBeVisible();
    const tab = (name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
    for (const name of ['Steps', 'Events', 'Failure']) await measure(name, () => tab(name));
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
    expect(slow).toEqual([]);
  });
});

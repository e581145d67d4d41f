import { readFile } from 'node:fs/promises';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

// Would catch: the first minute failing (demo site, profile, steps, artifacts), or the panel showing a task only after its end.
test('the example runs from an empty dashboard, live, and everything it left can be looked at', async ({ page }) => {
  await open(page, '/');
  await expect(page.getByText('Nothing has run yet')).toBeVisible();
  // Would catch: a step that the host reported before the panel's clock moved on, shown with a negative time.
  await page.evaluate(() => {
    new MutationObserver(() => {
      const text = document.querySelector('[role=tree]')?.textContent ?? '';
      if (/-\d+ ms/.test(text)) document.body.dataset.negative = text;
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await page.getByRole('button', { name: 'Run the example' }).click();

  await expect(page).toHaveURL(/#\/tasks\/tsk_/);
  const head = page.getByRole('main').locator('header');
  const tree = page.getByRole('tree', { name: 'Steps' });
  // Both at one moment: a tree that is drawn when the task has ended is not live.
  await page.waitForFunction(
    () =>
      document.querySelector('main header')?.textContent?.includes('Running') &&
      document.querySelector('[role=tree]')?.textContent?.includes('Sign in'),
  );
  await expect(head.getByText('Succeeded')).toBeVisible({ timeout: 40_000 });
  for (const step of ['Sign in', 'Collect orders', 'Page 1', 'Download the CSV'])
    await expect(tree.getByRole('treeitem', { name: step }).first()).toBeVisible();

  await expect(page.locator('body')).not.toHaveAttribute('data-negative');

  const log = page.getByRole('log');
  await expect(log).toContainText('Signed in');
  await expect(log).not.toContainText('demo-pass');
  const output = page.getByRole('region', { name: 'Inspector' });
  await expect(output.getByRole('tab', { name: 'Output' })).toHaveAttribute('aria-selected', 'true');
  await expect(output).toContainText('orders: 48');

  await page.keyboard.press('A');
  await expect(page.getByRole('tab', { name: /Artifacts/ })).toHaveAttribute('aria-selected', 'true');
  const details = page.getByRole('region', { name: 'Details' });
  const downloading = page.waitForEvent('download');
  await details
    .getByRole('row', { name: /orders\.csv/ })
    .getByRole('button', { name: /Download/ })
    .click();
  const csv = await readFile(await (await downloading).path(), 'utf8');
  expect(csv.trim().split(/\r?\n/)).toHaveLength(49);

  await page.keyboard.press(']');
  const shots = details.locator('img');
  await expect(shots).not.toHaveCount(0);
  for (const shot of await shots.all()) {
    await shot.scrollIntoViewIfNeeded();
    await expect.poll(() => shot.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
  }
  await details
    .getByRole('button', { name: /\.png$/ })
    .first()
    .click();
  await expect(page.getByRole('dialog').getByRole('img', { name: /\.png$/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

// Would catch: a trace viewer that loads from elsewhere, that the policy blocks, or that cannot read the trace with the session.
test('the trace opens in the bundled viewer without a network', async ({ page, api }) => {
  const demo = await api.call('demo_start', {});
  const task = await api.task({
    spec: {
      kind: 'browser',
      script: `export default async ({ page, step }) => {
        await step('Look', () => page.goto('${demo.url}/login'));
        await page.getByLabel('User').fill('somebody');
      };`,
    },
    name: 'Traced',
  });
  expect((await api.ended(task.id)).status).toBe('succeeded');
  await open(page, `/tasks/${task.id}?tab=artifacts`);
  await page.getByRole('button', { name: 'Open trace' }).click();
  const viewer = page.frameLocator('iframe[title^=Trace]');
  await expect(viewer.getByText('Look')).toBeVisible({ timeout: 30_000 });
  await viewer.getByText('Fill').first().click();
  await viewer.getByRole('tab', { name: 'After' }).click();
  // The recorded page itself, in the viewer's snapshot.
  await expect(viewer.frameLocator('iframe.snapshot-visible').getByLabel('User')).toHaveValue('somebody');

  // The second time the viewer's own page comes through its service worker.
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await expect(viewer.getByText('Look')).toHaveCount(0);
  await page.getByRole('button', { name: 'Open trace' }).click();
  await expect(viewer.getByText('Look')).toBeVisible({ timeout: 30_000 });
});

import path from 'node:path';
import type { ProfileId } from '../../src/contract/kernel/scalars.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const LATER = '2999-01-01T00:00:00.000Z';

// Would catch: "all" that is the loaded page, work that stops with the screen, a page that freezes, a failure without its reason.
test('2,000 tasks are cancelled and deleted at once, with progress, and with the rows that could not be', async ({
  page,
  api,
}, info) => {
  test.setTimeout(240_000);
  const profiles: ProfileId[] = [];
  for (let n = 0; n < 40; n++) profiles.push((await api.call('profiles_create', { name: `Desk ${n}` })).id);
  const spec = { kind: 'process', argv: ['true'] };
  for (let n = 0; n < 50; n++)
    await api.call('tasks_create', { name: `Round ${n}`, spec, profile_ids: profiles, run_at: LATER });
  await api.task({ name: 'Report', spec, labels: ['keep'], run_at: LATER });

  await open(page, '/tasks?q=Round');
  await page.evaluate(() => {
    const long: number[] = [];
    Object.assign(globalThis, { long });
    new PerformanceObserver((list) => long.push(...list.getEntries().map((entry) => entry.duration))).observe({
      type: 'longtask',
    });
  });
  const bar = page.getByRole('toolbar', { name: 'Selection' });
  const dock = page.getByRole('region', { name: 'Bulk operations' });
  await page.getByRole('checkbox', { name: 'Select all loaded rows' }).check();
  await bar.getByRole('button', { name: 'Select all 2,000 matching' }).click();
  await expect(bar).toContainText('All 2,000 matching selected');
  await page.screenshot({ path: info.outputPath('selected.png') });
  await bar.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel tasks' }).click();
  await page.getByRole('link', { name: 'Profiles' }).first().click();
  await expect(dock).toContainText('2,000 tasks cancelled', { timeout: 60_000 });
  await dock.getByRole('button', { name: 'Dismiss' }).click();
  expect((await api.call('tasks_list', { status: 'scheduled', count: true })).total).toBe(1);

  await open(page, '/tasks');
  await page.getByRole('checkbox', { name: 'Select all loaded rows' }).check();
  await bar.getByRole('button', { name: 'Select all 2,001 matching' }).click();
  await bar.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(dock.getByRole('progressbar').or(dock.getByRole('status'))).toBeVisible();
  await page.screenshot({ path: info.outputPath('progress.png') });
  await expect(dock).toContainText('2,000 tasks deleted, 1 skipped', { timeout: 60_000 });
  await dock.getByRole('button', { name: 'Show results' }).click();
  const results = page.getByRole('dialog', { name: 'Results' });
  await expect(results.getByRole('row', { name: /^Report/ })).toContainText('cancel it before you delete it');
  await page.screenshot({ path: info.outputPath('results.png') });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: info.outputPath('results-dark.png') });
  const saved = page.waitForEvent('download');
  await results.getByRole('button', { name: 'Save all results' }).click();
  expect(path.extname((await saved).suggestedFilename())).toBe('.jsonl');
  expect((await api.call('tasks_list', { count: true })).total).toBe(1);
  const longest = await page.evaluate(() => Math.max(0, ...(globalThis as unknown as { long: number[] }).long));
  info.annotations.push({ type: 'longest task', description: `${longest} ms` });
});

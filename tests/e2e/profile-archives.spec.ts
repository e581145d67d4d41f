/** A profile goes out as a file and comes in again, by a real browser: its download and its file chooser. */
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

// Would catch: a download that leaves the panel or that a policy of the page stops, and a dialog that cannot be used by keys or that is cut off.
test('a profile is exported from its menu, downloaded, checked and imported', async ({ page, api }, info) => {
  test.setTimeout(240_000);
  await api.call('profiles_create', { name: 'Berlin office', tags: ['de'], notes: 'signed in to the shop' });
  await open(page, '/profiles');
  await page.getByRole('row', { name: /Berlin office/ }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Export…' }).click();
  const out = page.getByRole('dialog', { name: 'Export a profile' });
  await expect(out.getByLabel('Passphrase', { exact: true })).toBeFocused();
  await page.keyboard.type('correct horse battery');
  await out.getByLabel('Repeat passphrase').fill('correct horse battery');
  await page.screenshot({ path: info.outputPath('export.png') });
  const download = page.waitForEvent('download', { timeout: 120_000 });
  await page.keyboard.press('Control+Enter');
  await expect(out.getByRole('status')).toContainText('Exporting 1 of 1');
  const file = await download;
  expect(file.suggestedFilename()).toBe('Berlin office.tabagent');
  const saved = info.outputPath('berlin.tabagent');
  await file.saveAs(saved);
  await expect(out.getByRole('status')).toContainText('1 exported. Files are kept for a day.');
  await out.getByRole('button', { name: 'Done' }).click();

  await page.getByRole('button', { name: 'Import archive' }).click();
  const into = page.getByRole('dialog', { name: 'Import archive' });
  await into.getByLabel('Archive').setInputFiles(saved);
  await into.getByLabel('Passphrase').fill('correct horse battery');
  await into.getByRole('button', { name: 'Check archive' }).click();
  await expect(into.getByRole('alert')).toContainText('The archive is whole', { timeout: 120_000 });
  await page.screenshot({ path: info.outputPath('report.png') });
  await into.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(into.getByRole('alert')).toContainText('Imported', { timeout: 120_000 });
  await into.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('row', { name: /Berlin office 2/ })).toBeVisible();
  await page.screenshot({ path: info.outputPath('imported.png') });
});

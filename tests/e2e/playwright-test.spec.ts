import { choose, expectTask, writeCode } from './support/panel.ts';
import { expect, open, test } from './support/test.ts';

const BROKEN = `import { expect, test } from '@playwright/test';
test.describe('shop', () => {
  test('opens', async ({ page, input }) => {
    await page.goto(input.url);
  });
  test('has the wrong name', async ({ page, input }) => {
    await page.goto(input.url);
    await expect(page).toHaveTitle('Bank', { timeout: 500 });
  });
});
`;

// Would catch: a template that does not pass on the shop it is for, a failed test without its line, a report that stays empty or is run in the panel's origin.
test('tests are made from a template, pass, fail at a line that is shown, and leave a report', async ({
  page,
  api,
}) => {
  test.setTimeout(120_000);
  const demo = await api.call('demo_start', {});
  await open(page, '/commands');
  await page.getByRole('button', { name: 'New', exact: true }).click();
  await page.getByRole('menuitem', { name: /Login test/ }).click();
  await expect(page.getByText('Not saved yet')).toBeVisible();
  const settings = page.getByRole('complementary', { name: 'Run settings' });
  await api.call('profiles_create', { name: 'Tested desk' });
  await page.keyboard.press('ControlOrMeta+S');
  await expect(page).toHaveURL(/#\/commands\/cmd_/);
  await expect(page.getByText('Not saved yet')).toHaveCount(0);
  const run = async () => {
    await choose(page, 'Run with profile', 'Tested desk');
    await settings.getByLabel('Address').fill(demo.url);
    await settings.getByRole('textbox', { name: 'Password' }).fill('demo-pass');
    await page.keyboard.press('ControlOrMeta+Enter');
  };
  await run();
  await expectTask(page, 'Succeeded');
  await expect(page.getByText('refuses a wrong password').first()).toBeVisible();

  await page.getByRole('link', { name: 'version 1' }).click();
  await writeCode(page, 'Test file', BROKEN);
  await page.keyboard.press('ControlOrMeta+S');
  await expect(page.getByText('Unsaved changes', { exact: true })).toHaveCount(0);
  await run();
  await expectTask(page, 'Failed');
  const details = page.getByRole('region', { name: 'Details' });
  await expect(details.getByText("await expect(page).toHaveTitle('Bank', { timeout: 500 });")).toBeVisible();
  await page.screenshot({ path: 'test-results/playwright-test-failed.png' });

  await details.getByRole('tab', { name: /Artifacts/ }).click();
  await details.getByRole('button', { name: 'Open report' }).click();
  const report = page.frameLocator('iframe[title^="Report"]');
  await expect(report.getByText('has the wrong name')).toBeVisible();
  await report.getByText('has the wrong name').click();
  await expect(report.getByText('toHaveTitle').first()).toBeVisible();
  await page.screenshot({ path: 'test-results/playwright-test-report.png' });
});

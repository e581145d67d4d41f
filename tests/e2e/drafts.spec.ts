import type { Page } from '@playwright/test';
import { expect, open, test } from './support/test.ts';

const editor = (page: Page) => page.getByRole('textbox', { name: 'Script', exact: true });
const command = (name: string) => ({
  name,
  kind: 'browser' as const,
  spec: { kind: 'browser' as const, script: 'export default () => 1;\n' },
});

// Would catch: a save that puts the version before back into the editor, or drops what is typed while it is under way.
for (const after of [0, 50, 100, 400]) {
  test(`saving ${after} ms after the last key keeps every letter, typed before and after`, async ({ page, api }) => {
    const { id } = await api.call('commands_create', command(`Typed ${after}`));
    await open(page, `/commands/${id}`);
    await editor(page).click();
    await page.keyboard.press('ControlOrMeta+End');
    for (const word of ['// one', '// two', '// three']) {
      await page.keyboard.type(word);
      if (after > 0) await page.waitForTimeout(after);
      await page.keyboard.press('ControlOrMeta+S');
      await page.keyboard.type(' and on\n');
    }
    await expect(editor(page)).toContainText('// three and on');
    await expect(page.getByText('Unsaved changes', { exact: true })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeEnabled();
    await page.keyboard.press('ControlOrMeta+S');
    await expect(page.getByText('Unsaved changes', { exact: true })).toHaveCount(0);
    const { spec } = await api.call('commands_get', { id });
    expect(spec).toMatchObject({
      script: 'export default () => 1;\n// one and on\n// two and on\n// three and on\n',
    });
    await expect(editor(page)).toContainText('// one and on');
  });
}

// Would catch: an hour's work that is gone with a reload or with another screen.
test('what is typed survives another screen and a reload, and is listed as a draft', async ({ page }) => {
  await open(page, '/commands');
  await page.keyboard.press('n');
  await page.getByRole('menuitem', { name: /Visit a page/ }).press('Enter');
  await expect(page.getByText('Not saved yet', { exact: true })).toBeVisible();
  await page.getByLabel('Command name').fill('Half done');
  await editor(page).click();
  await page.keyboard.type('// kept ');
  await page.keyboard.press('Escape');
  await page.reload();
  await expect(page.getByLabel('Command name')).toHaveValue('Half done');
  await expect(editor(page)).toContainText('// kept');
  await open(page, '/tasks');
  await open(page, '/commands');
  await page
    .getByRole('region', { name: 'Drafts' })
    .getByRole('link', { name: /Half done/ })
    .click();
  await expect(editor(page)).toContainText('// kept');
});

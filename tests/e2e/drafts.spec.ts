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

// Would catch: a first save that opens the command anew, so that letters typed next duplicate, deselect or delete it.
for (const after of [0, 200, 1_000]) {
  test(`typing goes on in the editor ${after} ms after the first save of a new command`, async ({ page, api }) => {
    await open(page, '/commands');
    await page.keyboard.press('n');
    await page.getByRole('menuitem', { name: /Visit a page/ }).press('Enter');
    await page.getByLabel('Command name').fill(`First save ${after}`);
    await editor(page).click();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.type('// before');
    await page.keyboard.press('ControlOrMeta+S');
    if (after > 0) await page.waitForTimeout(after);
    await page.keyboard.type(' added ddd');
    await page.keyboard.press('Delete');
    await expect(page).toHaveURL(/commands\/cmd_/);
    await page.keyboard.type(' and on', { delay: 20 });
    await expect(editor(page)).toBeFocused();
    await expect(editor(page)).toContainText('// before added ddd and on');
    await page.keyboard.press('ControlOrMeta+S');
    await expect(page.getByText('Unsaved changes', { exact: true })).toHaveCount(0);
    const { items } = await api.call('commands_list', { q: `First save ${after}` });
    expect(items.map(({ spec }) => spec)).toMatchObject([
      { script: expect.stringMatching(/before added ddd and on$/) },
    ]);
    await expect(page.getByRole('region', { name: 'Drafts' })).toHaveCount(0);
  });
}

// Would catch: a run that is refused and leaves the focus nowhere, with another tab than before.
test('the first run of a new command without a required value puts the focus into its field', async ({ page }) => {
  await open(page, '/commands');
  await page.keyboard.press('n');
  await page.getByRole('menuitem', { name: /Visit a page/ }).press('Enter');
  await page.getByRole('tab', { name: 'Input' }).click();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page).toHaveURL(/commands\/cmd_/);
  await expect(page.getByRole('textbox', { name: /^Address/ })).toBeFocused();
  await expect(page.getByRole('tab', { name: 'Input' })).toHaveAttribute('aria-selected', 'true');
});

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

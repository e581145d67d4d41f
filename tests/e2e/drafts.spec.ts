import type { Page } from '@playwright/test';
import type { Api } from './support/api.ts';
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

const BASE = 'export default () => {\n  one();\n  two();\n};\n';
const script = (text: string) => ({ kind: 'browser' as const, script: text });

/** Somebody edits the script in this page while it is saved with other lines elsewhere. */
async function contest(page: Page, api: Api, name: string, mine: string, theirs: string) {
  const { id } = await api.call('commands_create', { ...command(name), spec: script(BASE) });
  await open(page, `/commands/${id}`);
  await editor(page).fill(mine);
  await api.call('commands_update', { id, spec: script(theirs) });
  await page.getByRole('button', { name: 'Compare and merge' }).click();
  return id;
}

// Would catch: a merge that takes the other person's line out unless somebody notices it in red.
test('what two people changed in different lines is merged by itself; the focus goes back to the script', async ({
  page,
  api,
}) => {
  const id = await contest(page, api, 'Merged', BASE.replace('one', 'oneOfMine'), `${BASE}// appended by them\n`);
  const dialog = page.getByRole('dialog', { name: 'Merge changes' });
  await expect(dialog.getByText('Both changes merged')).toBeVisible();
  await dialog.getByRole('button', { name: 'Use the merged version' }).click();
  await expect(editor(page)).toBeFocused();
  await expect(editor(page)).toContainText('oneOfMine();');
  await expect(editor(page)).toContainText('// appended by them');
  await page.keyboard.press('ControlOrMeta+S');
  await expect(page.getByText('Unsaved changes', { exact: true })).toHaveCount(0);
  const { spec } = await api.call('commands_get', { id });
  expect(spec).toMatchObject({ script: `${BASE.replace('one', 'oneOfMine')}// appended by them\n` });
});

// Would catch: a merge that decides for the person where both have changed the same line.
test('a line that both have changed has to be decided before the merge can be used', async ({ page, api }) => {
  await contest(page, api, 'Overlapping', BASE.replace('one', 'mine'), BASE.replace('one', 'theirs'));
  const dialog = page.getByRole('dialog', { name: 'Merge changes' });
  const use = dialog.getByRole('button', { name: 'Use the merged version' });
  await expect(use).toHaveAttribute('aria-disabled', 'true');
  await expect(use).toHaveAttribute('title', 'Decide 1 overlapping change first');
  const overlap = dialog.getByRole('group', { name: 'Overlapping change 1 of 1' });
  await expect(overlap).toContainText('mine();');
  await expect(overlap).toContainText('theirs();');
  await page.screenshot({ path: test.info().outputPath('overlap.png') });
  await overlap.getByRole('button', { name: 'Theirs' }).click();
  await use.click();
  await expect(editor(page)).toContainText('theirs();');
  await expect(page.getByText('Unsaved changes', { exact: true })).toHaveCount(0);
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

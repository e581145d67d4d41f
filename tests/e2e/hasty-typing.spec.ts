/**
 * Somebody who does not wait: a key, a click or Enter comes 0, 50, 100 and 400 ms after the last letter. What is acted on is what was
 * typed, whatever was on its way to the host at that moment. The same for a save: drafts.spec.ts; for a chat: chat-first-message.spec.ts.
 */
import type { Page } from '@playwright/test';
import { expectTask } from './support/panel.ts';
import { expect, open, test } from './support/test.ts';

const SECRET = 'hasty-secret-5512';
const TARGET = 'export default ({ input }) => input.word;\n';
const editor = (page: Page) => page.getByRole('textbox', { name: 'Script', exact: true });
const name = (page: Page) => page.getByLabel('Command name');
const quick = { kind: 'browser' as const, trace: 'off' as const, screenshot: 'off' as const };

for (const after of [0, 50, 100, 400]) {
  // Not a wait for something to be ready: it is what is tested.
  const pause = (page: Page) => (after > 0 ? page.waitForTimeout(after) : undefined);

  // Would catch: a secret of one new draft in the next one, unmasked or in the storage.
  test(`a secret, and the next draft ${after} ms later`, async ({ page }) => {
    await open(page, '/commands');
    const begin = async () => {
      await page.getByRole('button', { name: 'New', exact: true }).click();
      await page.getByRole('menuitem', { name: /Sign in/ }).click();
      await expect(name(page)).toBeFocused();
    };
    await begin();
    await name(page).fill(`First of ${after}`);
    const password = page.getByLabel(/^Password/).first();
    await password.click();
    await page.keyboard.type(SECRET);
    await pause(page);
    await begin();
    await expect(password).toHaveValue('');
    await expect(password).toHaveAttribute('type', 'password');
    expect(await page.content()).not.toContain(SECRET);
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }));
    expect(kept).not.toContain(SECRET);
    expect(kept).toContain(`First of ${after}`);
  });

  // Would catch: a first run that is refused and leaves “No commands yet”, a name without its last letters, no error at the field.
  test(`the first run ${after} ms after the name, without a required value`, async ({ page, api }) => {
    await open(page, '/commands');
    await page.keyboard.press('n');
    await page.getByRole('menuitem', { name: /Visit a page/ }).press('Enter');
    await expect(name(page)).toBeFocused();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(`Hurried ${after}`);
    await pause(page);
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(page).toHaveURL(/commands\/cmd_/);
    await expect(page.getByRole('textbox', { name: /^Address/ })).toBeFocused();
    await expect(page.getByText('Address is required').first()).toBeVisible();
    await expect(name(page)).toHaveValue(`Hurried ${after}`);
    expect((await api.call('commands_list', { q: `Hurried ${after}` })).items).toHaveLength(1);
  });

  // Would catch: Mod+Enter that runs the script, or the input, as they were some letters ago.
  test(`a run ${after} ms after the last letter of the script and of the input`, async ({ page, api }) => {
    const input_schema = { type: 'object', properties: { word: { type: 'string', title: 'Word' } } };
    const spec = { ...quick, script: TARGET };
    const { id } = await api.call('commands_create', { name: `Run ${after}`, kind: 'browser', spec, input_schema });
    await open(page, `/commands/${id}`);
    await page.getByRole('textbox', { name: 'Word' }).fill('fir');
    await page.getByRole('textbox', { name: 'Word' }).press('End');
    await page.keyboard.type('st');
    await pause(page);
    await page.keyboard.press('ControlOrMeta+Enter');
    await expectTask(page, 'Succeeded');
    const output = async () => (await api.call('tasks_get', { id: page.url().split('/').at(-1) as never })).output;
    expect(await output()).toBe('first');
    await open(page, `/commands/${id}`);
    await editor(page).click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('export default () => "second"');
    await pause(page);
    await page.keyboard.press('ControlOrMeta+Enter');
    await expectTask(page, 'Succeeded');
    expect(await output()).toBe('second');
  });

  // Would catch: Enter that goes to a hit of the word before, or nowhere, because the host has not answered yet.
  test(`Find, and Enter ${after} ms later`, async ({ page, api }) => {
    const source = 'for (let i = 0; i < 3000; i += 1) console.log(i === 5 ? "the " + "needle is here" : "line " + i)';
    const task = await api.program(`Lines ${after}`, source);
    await api.ended(task.id);
    await open(page, `/tasks/${task.id}`);
    await expect(page.getByRole('log')).toContainText('line 2999');
    await page.getByRole('searchbox', { name: 'Find in log' }).click();
    await page.keyboard.type('the needle');
    await pause(page);
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('log-line').filter({ hasText: 'the needle is here' })).toBeInViewport();
  });

  // Would catch: Enter that chooses what stood there before the host had searched.
  test(`a picker, and Enter ${after} ms later`, async ({ page, api }) => {
    for (const each of ['Aardvark', 'Basilisk', 'Chimera'])
      await api.call('commands_create', { name: `${each} ${after}`, kind: 'process', spec: { argv: ['true'] } });
    await open(page, '/tasks');
    await page.keyboard.press('n');
    const command = page.getByRole('dialog').getByRole('combobox', { name: 'Command' });
    await expect(command).toBeFocused();
    await page.keyboard.type(`basilisk ${after}`);
    await pause(page);
    await page.keyboard.press('Enter');
    await expect(command).toHaveValue(`Basilisk ${after}`);
  });

  // Would catch: a save that drops a text that does not parse, or saves the last one that did, as if it were what is shown.
  test(`JSON that does not parse, and a save ${after} ms later`, async ({ page, api }) => {
    const spec = { ...quick, script: TARGET };
    const { id, version } = await api.call('commands_create', { name: `Json ${after}`, kind: 'browser', spec });
    await open(page, `/commands/${id}`);
    await page.getByRole('tab', { name: /^Input/ }).click();
    const defaults = page.getByRole('textbox', { name: 'Default values' });
    await defaults.click();
    await page.keyboard.press('ControlOrMeta+A');
    // As a paste: the editor closes brackets that are typed by itself, and the text would parse.
    await page.keyboard.insertText('{"word": "half');
    await pause(page);
    await page.keyboard.press('ControlOrMeta+S');
    await expect(defaults).toContainText('half');
    expect((await api.call('commands_get', { id })).version).toBe(version);
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText('{"word": "whole"}');
    await pause(page);
    await page.keyboard.press('ControlOrMeta+S');
    await expect(page.getByText('Unsaved changes', { exact: true })).toHaveCount(0);
    expect((await api.call('commands_get', { id })).defaults).toEqual({ word: 'whole' });
  });
}

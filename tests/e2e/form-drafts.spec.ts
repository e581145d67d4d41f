/** Forms lose nothing: Esc, a click beside the dialog and a reload keep what was typed; secrets stay in memory. */
import type { Page } from '@playwright/test';
import { faults } from './support/axe.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const SECRET = 'c0rrect-horse-battery';
const beside = (page: Page) => page.mouse.click(5, 500);
const esc = (page: Page) => page.keyboard.press('Escape');

// Would catch: a profile that has to be typed again because of one key, a tag that was not confirmed by Enter and is gone.
test('a half-typed profile survives Esc, a click beside it and a reload; Enter creates it', async ({
  page,
  api,
}, info) => {
  await open(page, '/profiles');
  const dialog = page.getByRole('dialog', { name: 'New profile' });
  const show = async () => {
    await page.keyboard.press('n');
    await expect(dialog.getByRole('textbox', { name: 'Name', exact: true })).toBeFocused();
  };
  await expect(page.getByText('No profiles yet')).toBeVisible();
  await show();
  await page.keyboard.type('Osaka desk');
  await dialog.getByRole('combobox', { name: 'Tags' }).pressSequentially('night');
  await dialog.getByRole('textbox', { name: 'Notes' }).fill('Quiet after eight');
  for (const leave of [esc, beside, 'reload'] as const) {
    // The dialog is a part of the address: after a reload it is open again.
    if (leave === 'reload') await page.reload();
    else {
      await leave(page);
      await expect(dialog).toHaveCount(0);
      await expect(page.getByText('No profiles yet')).toBeVisible();
      await show();
    }
    await expect(dialog.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Osaka desk');
    await expect(dialog.getByRole('textbox', { name: 'Notes' })).toHaveValue('Quiet after eight');
    await expect(dialog.getByText('night', { exact: true })).toBeVisible();
    await expect(dialog.getByText('Unsaved changes from before')).toBeVisible();
  }
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: info.outputPath(`profile-${scheme}.png`) });
    expect(await faults(page), scheme).toEqual([]);
  }
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).press('Enter');
  await expect(dialog).toHaveCount(0);
  const [made] = (await api.call('profiles_list', {})).items;
  expect(made).toMatchObject({ name: 'Osaka desk', tags: ['night'], notes: 'Quiet after eight' });
  // The next one starts empty.
  await show();
  await expect(dialog.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('');
});

// Would catch: an input that has to be typed again, and a password that lies readable in the browser's folder.
test('the run dialog keeps the choice and the input; a secret is never written', async ({ page, api }) => {
  await api.call('commands_create', {
    name: 'Greets',
    kind: 'process',
    spec: { argv: ['{{host.node}}', '-e', '1'] },
    input_schema: {
      type: 'object',
      properties: {
        who: { type: 'string', title: 'Who' },
        days: { type: 'array', title: 'Days', items: { type: 'string' } },
        token: { type: 'string', title: 'Token', format: 'password' },
      },
    },
  });
  await open(page, '/tasks');
  const dialog = page.getByRole('dialog', { name: 'Run a command' });
  const show = async () => {
    await page.keyboard.press('n');
    await expect(dialog.getByRole('combobox', { name: 'Command' })).toBeFocused();
  };
  await expect(page.getByText('No tasks yet')).toBeVisible();
  await show();
  await page.keyboard.type('greets');
  await expect(page.getByRole('option', { name: 'Greets' })).toHaveAttribute('data-combobox-selected');
  await page.keyboard.press('Enter');
  await dialog.getByRole('textbox', { name: 'Who' }).fill('Ada');
  await dialog.getByRole('combobox', { name: 'Days' }).pressSequentially('Monday');
  await dialog.getByLabel('Token').fill(SECRET);
  await dialog.getByLabel('Token').press('Escape');
  await expect(dialog).toHaveCount(0);
  await show();
  await expect(dialog.getByRole('textbox', { name: 'Who' })).toHaveValue('Ada');
  await expect(dialog.getByLabel('Token')).toHaveValue(SECRET);
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(SECRET);
  await page.reload();
  await expect(page.getByText('No tasks yet')).toBeVisible();
  await show();
  await expect(dialog.getByRole('textbox', { name: 'Who' })).toHaveValue('Ada');
  await expect(dialog.getByText('Monday')).toBeVisible();
  await expect(dialog.getByLabel('Token')).toHaveValue('');
  await dialog.getByRole('textbox', { name: 'Who' }).press('Enter');
  await expect(page).toHaveURL(/#\/tasks\/tsk_/);
  const [task] = (await api.call('tasks_list', {})).items;
  expect(task?.input).toEqual({ who: 'Ada', days: ['Monday'] });
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('draft')))).toEqual([]);
});

// Would catch: the name of a key, or a number of the settings, that is gone with the next click.
test('a new key and a setting that was typed and not saved are there again', async ({ page }) => {
  await open(page, '/connections');
  await page
    .getByRole('button', { name: /New API key/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog', { name: 'New API key' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Nightly');
  await esc(page);
  await page.reload();
  await page
    .getByRole('button', { name: /New API key/ })
    .first()
    .click();
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('Nightly');
  await dialog.getByRole('textbox', { name: 'Name' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Copy key' })).toBeFocused();
  await esc(page);

  await open(page, '/settings?section=Queue');
  const running = page.getByRole('textbox', { name: 'Concurrent tasks' });
  const before = await running.inputValue();
  await running.fill('7');
  await expect(page.getByText('Not saved')).toBeVisible();
  await page.reload();
  await expect(running).toHaveValue('7');
  expect(before).not.toBe('7');
  await running.press('Enter');
  await expect(page.getByText('Not saved')).toHaveCount(0);
  await expect(running).toHaveValue('7');
});

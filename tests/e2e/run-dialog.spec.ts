import type { Page } from '@playwright/test';
import { expectTask } from './support/panel.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const NAME_SCHEMA = { type: 'object', properties: { who: { type: 'string', title: 'Who' } } };
const ARGV = ['{{host.node}}', '-e', 'console.log("ran")'];

async function openDialog(page: Page) {
  await open(page, '/tasks');
  await page.getByRole('heading', { name: 'Tasks', exact: true }).waitFor();
  await page.keyboard.press('N');
  return page.getByRole('dialog', { name: 'Run a command' });
}

// Would catch: a picker that knows only the first page of profiles, an Enter that takes a row of an earlier search.
test('the 250th of 300 profiles is found by typing, chosen by Enter and run with', async ({ page, api }, info) => {
  await api.call('settings_update', { 'rate_limits.enabled': false });
  await api.call('commands_create', { name: 'Greets', kind: 'process', spec: { argv: ARGV } });
  for (let made = 0; made < 300; made += 50)
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => api.call('profiles_create', { name: `Shop ${made + index + 1}` })),
    );
  const dialog = await openDialog(page);
  const command = dialog.getByRole('combobox', { name: 'Command' });
  await expect(command).toBeFocused();
  await page.keyboard.type('greets');
  await expect(page.getByRole('option', { name: 'Greets' })).toHaveAttribute('data-combobox-selected');
  await page.keyboard.press('Enter');
  await expect(command).toHaveValue('Greets');

  const profile = dialog.getByRole('combobox', { name: 'Profile' });
  await profile.click();
  await expect(page.getByText('50 of 300 shown. Type to search.')).toBeVisible();
  await page.screenshot({ path: info.outputPath('picker.png') });
  await page.keyboard.type('Shop 250');
  await expect(page.getByRole('option')).toHaveText(['Shop 250']);
  await page.keyboard.press('Enter');
  await expect(profile).toHaveValue('Shop 250');
  await expect(page.getByRole('option')).toHaveCount(0);

  await profile.click();
  await page.keyboard.type('no such shop');
  await expect(page.getByText('No profile matches “no such shop”')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeVisible();
  await expect(profile).toHaveValue('Shop 250');

  await dialog.getByRole('button', { name: 'Run', exact: true }).click();
  await expectTask(page, 'Succeeded');
  await expect(page.getByTestId('task-facts')).toContainText('Shop 250');
});

// Would catch: an Enter that is faster than the host's answer and takes the first row of the list before.
test('Enter before the answer takes the match once it is there, and sends nothing', async ({ page, api }) => {
  await api.call('profiles_create', { name: 'First of the list' });
  await api.call('profiles_create', { name: 'Wanted' });
  const dialog = await openDialog(page);
  const profile = dialog.getByRole('combobox', { name: 'Profile' });
  await profile.click();
  await expect(page.getByRole('option')).toHaveText(['First of the list', 'Wanted']);
  // Both in one turn of the page: no answer can be there in between.
  await profile.evaluate((field: HTMLInputElement) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, 'Wanted');
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true }));
  });
  await expect(page.getByRole('option')).toHaveCount(0);
  await profile.blur();
  await expect(profile).toHaveValue('Wanted');
  await expect(dialog).toBeVisible();
});

// Would catch: a form that starts anew with each change of its command, and loses what was typed.
test('typed input survives a change of the command; a new field of it appears', async ({ page, api }) => {
  const command = await api.call('commands_create', {
    name: 'Greets',
    kind: 'process',
    spec: { argv: ARGV },
    input_schema: NAME_SCHEMA,
  });
  const dialog = await openDialog(page);
  await dialog.getByRole('combobox', { name: 'Command' }).click();
  await page.getByRole('option', { name: 'Greets' }).click();
  const who = dialog.getByRole('textbox', { name: 'Who' });
  await who.click();
  await page.keyboard.type('Ada ');
  await api.call('commands_update', {
    id: command.id,
    name: 'Greets twice',
    input_schema: {
      ...NAME_SCHEMA,
      properties: { ...NAME_SCHEMA.properties, tone: { type: 'string', title: 'Tone' } },
    },
  });
  await expect(dialog.getByRole('textbox', { name: 'Tone' })).toBeVisible();
  await expect(dialog.getByRole('combobox', { name: 'Command' })).toHaveValue('Greets twice');
  await expect(who).toBeFocused();
  await page.keyboard.type('Lovelace');
  await expect(who).toHaveValue('Ada Lovelace');
  await dialog.getByRole('button', { name: 'Run', exact: true }).click();
  await expectTask(page, 'Succeeded');
  const [task] = (await api.call('tasks_list', {})).items;
  expect(task?.input).toEqual({ who: 'Ada Lovelace' });
});

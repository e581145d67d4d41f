import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { fill } from './support/fill.ts';
import { expectTask } from './support/panel.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const FOLDER = join(import.meta.dirname, '../../docs/images');

async function take(page: Page, name: string): Promise<void> {
  // The machine that takes the pictures has no keyring; the notice about it would name a temporary folder.
  await page.addStyleTag({ content: '[aria-label="Needs attention"] { display: none }' });
  await page.evaluate(() => document.fonts.ready);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
}

/** `TABAGENT_README_IMAGES=1 npm test -- e2e readme-images` takes the pictures of the README anew; see playwright.config.ts. */
test('the pictures of the README', async ({ page, api }) => {
  test.setTimeout(180_000);
  mkdirSync(FOLDER, { recursive: true });
  const { command, profile } = await fill(api);
  const { items } = await api.call('commands_list', { limit: 50 });
  const named = (name: string) => {
    const found = items.find((item) => item.name.includes(name));
    if (found === undefined) throw new Error(`There is no command “${name}”`);
    return found.id;
  };
  const routine = ['stock service', 'nightly report', 'fetch orders', 'stock service', 'disk usage', 'nightly report'];
  const runs = [...routine, ...routine, ...routine].map((name) => api.task({ command_id: named(name) }));
  for (const { id } of await Promise.all(runs)) await api.ended(id);
  // A profile that has not been to the shop, so that it signs in.
  const [fresh] = (await api.call('profiles_list', { q: 'New York' })).items;
  if (fresh === undefined) throw new Error('There is no such profile');
  const collected = await api.task({ command_id: named('sign in and collect'), profile_id: fresh.id });
  await api.ended(collected.id);

  await open(page, '/');
  await expect(page.getByRole('img', { name: 'Tasks per hour' })).toBeVisible();
  await take(page, 'dashboard');

  await open(page, `/tasks/${collected.id}`);
  await expectTask(page, 'Succeeded');
  await page.getByRole('tab', { name: /Screens/ }).click();
  await expect(page.getByRole('button', { name: 'orders.png' }).locator('img')).toBeVisible();
  await take(page, 'task');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('tab', { name: 'Log' }).click();
  await expect(page.getByRole('log')).toContainText('Signed in');
  await take(page, 'task-dark');
  await page.emulateMedia({ colorScheme: 'light' });

  await open(page, `/commands/${command}`);
  await expect(page.getByRole('textbox', { name: 'Script', exact: true })).toContainText('Read the table');
  // The last line is coloured last, on a busy machine some time after it shows.
  await expect(page.locator('.cm-line', { hasText: 'return { invoices' }).locator('span').first()).toBeVisible();
  await take(page, 'commands');

  await open(page, `/profiles?peek=${profile}`);
  await expect(page.getByRole('complementary', { name: 'Profile' })).toContainText('Europe/Berlin');
  await take(page, 'profiles');
});

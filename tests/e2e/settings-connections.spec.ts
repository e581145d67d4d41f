import { choose, rowOf } from './support/panel.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

// Would catch: a theme that needs a reload or is forgotten, a bad value that is sent or thrown away, an undo that undoes nothing.
test('settings apply at once, stay, can be taken back, and refuse what is wrong where it is wrong', async ({
  page,
  api,
}) => {
  const scheme = page.locator('html');
  await open(page, '/settings?section=Appearance');
  await choose(page, 'Theme', 'Dark');
  await expect(scheme).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.reload();
  await expect(scheme).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await choose(page, 'Theme', 'Light');
  await expect(scheme).toHaveAttribute('data-mantine-color-scheme', 'light');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(scheme).toHaveAttribute('data-mantine-color-scheme', 'dark');
  expect((await api.call('settings_get', {})).values['appearance.theme']).toBe('dark');

  await page.getByRole('button', { name: 'Queue', exact: true }).click();
  const width = page.getByRole('textbox', { name: 'Concurrent tasks' });
  await width.fill('500');
  await width.press('Enter');
  await expect(page.getByRole('alert')).toContainText('64');
  await expect(width).toHaveValue('500');
  expect((await api.call('settings_get', {})).values['executor.max_running']).toBe(4);
  await width.fill('6');
  await width.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: '64' })).toHaveCount(0);
  await expect(page.getByRole('contentinfo')).toContainText('0/6 running');

  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.type('redact');
  await expect(page.getByText('Additional words to redact')).toBeVisible();
});

// Would catch: a key that can be read again, does not work, or still works after it was revoked.
test('an API key is shown once, works, and is refused at once when revoked', async ({ page, host }) => {
  const asked = (key: string) => fetch(`${host.url}/v1/tasks`, { headers: { authorization: `Bearer ${key}` } });
  await open(page, '/connections');
  await page.keyboard.press('N');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Nightly export');
  await dialog.getByRole('checkbox', { name: /automation/ }).check();
  await dialog.getByRole('button', { name: 'Create key' }).click();
  const key = await page.getByTestId('new-key').innerText();
  expect(key).toMatch(/^tak_/);
  expect((await asked(key)).status).toBe(200);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(rowOf(page, 'Nightly export')).toContainText(key.slice(0, 8));
  expect(await page.content()).not.toContain(key);

  await rowOf(page, 'Nightly export').getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByText('Key revoked')).toBeVisible();
  expect((await asked(key)).status).toBe(401);
});

// Would catch: documentation that loads from a CDN, or that the policy blocks.
test('the API explorer and the reference open offline', async ({ page, watch }) => {
  // The reference asks once whether it may use eval, and does without.
  watch.allow(/CSP violation: script-src eval/);
  await open(page, '/connections?tab=api');
  for (const [name, proof] of [
    ['API explorer', '.swagger-ui .opblock'],
    ['API reference', '[id*=tasks]'],
  ] as const) {
    const opening = page.waitForEvent('popup');
    await page.getByRole('listitem').filter({ hasText: name }).getByRole('link', { name: 'Open' }).click();
    const docs = await opening;
    await expect(docs.locator(proof).first()).toBeVisible({ timeout: 20_000 });
    await docs.close();
  }
});

// Would catch: a backup that is announced but not made, an audit that misses it, a diagnosis that is not shown.
test('a backup is made and audited; the chain is verified; the host diagnoses itself', async ({ page }) => {
  await open(page, '/settings?section=Storage %26 retention');
  await page.getByRole('button', { name: 'Back up now' }).click();
  await expect(rowOf(page, 'Manual')).toContainText(/\d (KB|MB)/);
  await page.getByRole('button', { name: 'Advanced' }).click();
  await expect(rowOf(page, 'Back up the database in the background')).toContainText('ok');
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByText(/\d+ lines are unchanged/)).toBeVisible();
  await page.getByRole('button', { name: 'About & diagnostics' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Database' })).toContainText('OK');
  await expect(page.getByRole('listitem').filter({ hasText: 'Browser' })).toContainText('OK');
});

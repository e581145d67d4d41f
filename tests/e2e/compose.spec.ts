import { choose, expectTask, writeCode } from './support/panel.ts';
import { expect, open, test } from './support/test.ts';

const PASSWORD = 'c0rrect-horse-battery';

const SCRIPT = `export default async ({ page, input, log, step }) => {
  await step('Open the page', () => page.goto(input.url));
  log.info(\`Signing in as \${input.user} with \${input.password}\`);
  return page.evaluate(() => ({
    locale: navigator.language,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    width: innerWidth,
    height: innerHeight,
  }));
};
`;

// Would catch: a profile whose settings do not reach the browser, a save or run key that does nothing, an error without its field.
test('a profile and a command are made by form and editor, run with one key, and kept as versions', async ({
  page,
  api,
}) => {
  const demo = await api.call('demo_start', {});

  await open(page, '/profiles');
  await page.keyboard.press('N');
  const dialog = page.getByRole('dialog', { name: 'New profile' });
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Osaka desk');
  await dialog.getByLabel('Locale').fill('ja-JP');
  await dialog.getByLabel('Time zone').fill('Mars/Olympus');
  await dialog.getByLabel('Viewport width').fill('1111');
  await dialog.getByLabel('Viewport height').fill('777');
  await dialog.getByRole('button', { name: 'Create profile' }).click();
  await expect(dialog.getByText('must be an IANA time zone')).toBeVisible();
  await dialog.getByLabel('Time zone').fill('Asia/Tokyo');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('row', { name: /Osaka desk/ })).toBeVisible();

  await page.keyboard.press('G');
  await page.keyboard.press('C');
  await page.getByRole('button', { name: 'New', exact: true }).click();
  await page.getByRole('menuitem', { name: /Sign in/ }).click();
  await expect(page.getByText('Not saved yet')).toBeVisible();
  await page.getByLabel('Command name').fill('Visit as Osaka');
  await writeCode(page, 'Script', SCRIPT);
  await choose(page, 'Run with profile', 'Osaka desk');
  const settings = page.getByRole('complementary', { name: 'Run settings' });
  await settings.getByLabel('Address').fill('no address');
  await settings.getByLabel('User').fill('demo');
  await settings.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);

  await page.getByRole('button', { name: 'Dry run' }).first().click();
  await expect(page.getByText('Cannot run')).toBeVisible();
  await expect(settings.getByLabel('Address')).toHaveAccessibleDescription(/Must be a full address/);
  await settings.getByLabel('Address').fill(`${demo.url}/login`);
  await page.getByRole('button', { name: 'Dry run' }).first().click();
  await expect(page.getByText('Ready to run')).toBeVisible();

  await page.keyboard.press('ControlOrMeta+S');
  await expect(page).toHaveURL(/#\/commands\/cmd_/);
  await expect(page.getByText('Not saved yet')).toHaveCount(0);
  await choose(page, 'Run with profile', 'Osaka desk');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expectTask(page, 'Succeeded');
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await expect(inspector).toContainText('locale: "ja-JP"');
  await expect(inspector).toContainText('zone: "Asia/Tokyo"');
  await expect(inspector).toContainText('width: 1111');
  await expect(inspector).toContainText('height: 777');
  await expect(page.getByRole('log')).toContainText('Signing in as demo with');
  await expect(page.getByRole('log')).not.toContainText(PASSWORD);
  await inspector.getByRole('tab', { name: 'Input' }).click();
  await expect(inspector).toContainText('user: "demo"');
  await expect(inspector).not.toContainText(PASSWORD);

  await page.getByRole('link', { name: 'version 1' }).click();
  await writeCode(page, 'Script', SCRIPT.replace('Open the page', 'Open the sign-in page'));
  await expect(page.getByText('Unsaved changes', { exact: true })).toBeVisible();
  await page.keyboard.press('ControlOrMeta+S');
  await expect(page.getByText('Unsaved changes', { exact: true })).toHaveCount(0);
  await page.getByRole('tab', { name: /Versions/ }).click();
  const second = page.getByRole('region', { name: 'Version 2' });
  await expect(second).toContainText('current');
  await second.getByRole('button', { name: 'Show changes' }).click();
  const lines = second.getByRole('region', { name: 'Script, changed lines' });
  await expect(lines.locator('.cm-changedLine').first()).toContainText('Open the sign-in page');
  await expect(lines.locator('.cm-deletedChunk').first()).toContainText('Open the page');
  await page.getByRole('region', { name: 'Version 1' }).getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByText('Version 1 restored as version 3')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Version 3' })).toContainText('current');
});

// Would catch: a secret that a dry run shows, in the panel or in what the host answers.
test('a dry run fills a request in and masks what is secret', async ({ page, api }) => {
  const command = await api.call('commands_create', {
    name: 'Report to the archive',
    kind: 'http',
    spec: {
      method: 'POST',
      url: 'http://127.0.0.1:9/{{input.folder}}',
      headers: { authorization: 'Bearer {{input.token}}' },
    },
    input_schema: {
      type: 'object',
      properties: { folder: { type: 'string' }, token: { type: 'string', format: 'password', title: 'Token' } },
      required: ['folder', 'token'],
    },
  });
  const answers: string[] = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => answers.push(String(payload))));
  await open(page, `/commands/${command.id}`);
  await page.getByRole('textbox', { name: 'folder' }).fill('2026/november');
  await page.getByRole('button', { name: 'Dry run' }).first().click();
  const result = page.getByRole('tabpanel', { name: /^Dry run/ });
  await expect(result).toContainText('Cannot run');
  await page.getByRole('textbox', { name: 'Token' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Dry run' }).first().click();
  await expect(result).toContainText('Ready to run');
  await expect(result).toContainText('http://127.0.0.1:9/2026/november');
  await expect(result).toContainText('authorization: "Bearer');
  await expect(result).not.toContainText(PASSWORD);
  expect(answers.filter((answer) => answer.includes(PASSWORD))).toEqual([]);
});

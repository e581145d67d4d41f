/** What somebody hears who goes from control to control, from Chromium's own accessibility tree. */
import type { Page } from '@playwright/test';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

/** Names of all controls of the screen itself, by role. */
async function controls(page: Page): Promise<string[]> {
  const cdp = await page.context().newCDPSession(page);
  const { nodes } = await cdp.send('Accessibility.getFullAXTree');
  const roles = new Set(['button', 'link', 'textbox', 'checkbox', 'combobox', 'switch', 'tab']);
  return nodes
    .filter(({ ignored, role }) => !ignored && roles.has(String(role?.value)))
    .map(({ role, name }) => `${role?.value} “${String(name?.value ?? '').trim()}”`);
}
const repeated = (names: string[]) => [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];

// Would catch: twenty buttons that are all called Download, and controls without a name.
test('controls of one screen are told apart by their names', async ({ page, api }) => {
  for (const name of ['Nightly', 'Import'])
    await api.call('keys_create', { name, scopes: ['read'], areas: ['automation'], expires_at: null });
  for (const code of ['process.exit(3)', 'setInterval(() => {}, 1000)']) {
    const { id } = await api.program('Broken', code, { timeout_seconds: 1 });
    await api.ended(id);
  }
  const screens: [path: string, shown: string][] = [
    ['/', 'Failures by cause'],
    ['/models?tab=download', 'Recommended'],
    ['/connections', 'Nightly'],
    ['/connections?tab=api', 'First request'],
    ['/settings?section=Storage %26 retention', 'Backups'],
  ];
  for (const [path, shown] of screens) {
    await open(page, path);
    await expect(page.getByText(shown).first()).toBeVisible();
    await expect.poll(() => controls(page).then(repeated), path).toEqual([]);
    expect((await controls(page)).filter((name) => name.endsWith('“”'))).toEqual([]);
  }
});

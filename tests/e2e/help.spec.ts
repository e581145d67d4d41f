import type { Page } from '@playwright/test';
import { HELP_TOPICS } from '../../src/renderer/lib/help.ts';
import { faults } from './support/axe.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const heading = (page: Page, name: string) => page.getByRole('article').getByRole('heading', { name, exact: true });

// Would catch: a key that opens the browser's own help or the wrong page, a guide that cannot be left by keyboard.
test('F1 opens the page of the screen, also from a field; Escape goes back', async ({ page }) => {
  await open(page, '/profiles');
  await expect(page.getByText('No profiles yet')).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.press('F1');
  await expect(page).toHaveURL(/#\/help\/profiles$/);
  await expect(page.getByRole('heading', { level: 1, name: 'Profiles' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Help', exact: true })).toHaveAttribute('aria-current', 'page');
  await page.keyboard.press('J');
  await expect(page.getByRole('heading', { level: 1, name: 'Proxies' })).toBeVisible();
  await page.keyboard.press('K');
  await expect(page.getByRole('heading', { level: 1, name: 'Profiles' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('No profiles yet')).toBeVisible();
});

// Would catch: a guide that the palette, the key sheet or the address does not lead to.
test('the palette, the key sheet and the address lead to the guide', async ({ page }) => {
  await open(page, '/tasks');
  await page.keyboard.press('ControlOrMeta+K');
  await page.keyboard.type('help secrets store');
  await page.getByRole('dialog').getByRole('button', { name: 'Help: Settings and data' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Settings and data' })).toBeVisible();
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByRole('link', { name: 'User guide' }).click();
  await expect(page).toHaveURL(/#\/help\/first-task$/);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await open(page, '/help');
  await expect(page.getByRole('heading', { level: 1, name: 'Your first task' })).toBeVisible();
});

// Would catch: a link that opens the top of the page instead of the answer, or loses the hash of this kind of address.
test('an empty state leads to the heading that answers it', async ({ page }) => {
  await open(page, '/connections');
  await page.getByRole('link', { name: 'How connections work' }).click();
  await expect(page).toHaveURL(/#\/help\/connections#api-keys$/);
  await expect(heading(page, 'API keys')).toBeFocused();
  await expect(heading(page, 'API keys')).toBeInViewport();
  await page.reload();
  await expect(heading(page, 'API keys')).toBeInViewport();
});

// Would catch: links of the Markdown that reload the panel or open a file, a heading that a second click does not find again.
test('links between pages stay in the panel, the search finds parts', async ({ page }) => {
  await open(page, '/help/tasks');
  const link = page.getByRole('article').getByRole('link', { name: 'retention' });
  await link.click();
  await expect(page).toHaveURL(/#\/help\/settings-and-data#retention$/);
  await expect(heading(page, 'Retention')).toBeInViewport();
  // At its end the page shows the heading no more.
  await page
    .getByRole('region', { name: 'Settings and data' })
    .evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
  await expect(heading(page, 'Retention')).not.toBeInViewport();
  await page.getByRole('navigation', { name: 'Topics' }).getByRole('link', { name: 'Retention' }).click();
  await expect(heading(page, 'Retention')).toBeInViewport();
  await page.getByRole('searchbox', { name: 'Search the guide' }).fill('exit 124');
  await page.getByRole('navigation', { name: 'Topics' }).getByRole('link', { name: 'run', exact: true }).click();
  await expect(heading(page, 'run')).toBeFocused();
  await page.getByRole('searchbox', { name: 'Search the guide' }).fill('zzz');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page.getByRole('navigation', { name: 'Topics' }).getByRole('link', { name: 'Tasks' })).toBeVisible();
});

// Would catch: a copy button that copies the markup, a table or code that Markdown leaves as text.
test('code can be copied, tables are tables', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, '/help/command-line');
  await page.getByRole('button', { name: 'Copy code' }).nth(2).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('tabagent call routes\ntabagent call');
  await expect(page.getByRole('row', { name: '124 timed out' })).toBeVisible();
});

// Would catch: a page that is fetched from somewhere, and is missing when it is needed most.
test('works without the network and without the host', async ({ page, context, host, watch }) => {
  watch.allow(/ERR_INTERNET_DISCONNECTED|WebSocket|ERR_CONNECTION/);
  await open(page, '/help/tasks');
  await expect(heading(page, 'Why a task waits')).toBeVisible();
  await host.kill();
  await context.setOffline(true);
  await page.getByRole('article').getByRole('link', { name: 'retention' }).click();
  await expect(heading(page, 'Retention')).toBeInViewport();
  await page.getByRole('navigation', { name: 'Topics' }).getByRole('link', { name: 'Commands' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Commands' })).toBeVisible();
});

for (const theme of ['light', 'dark'] as const) {
  // Would catch: text without contrast, code that only the mouse scrolls, headings out of order.
  test(`axe finds nothing on any page, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    for (const { id } of HELP_TOPICS) {
      await open(page, `/help/${id}`);
      expect.soft(await faults(page), id).toEqual([]);
    }
  });
}

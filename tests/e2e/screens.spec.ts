import type { Page } from '@playwright/test';
import { WaitReason } from '../../src/contract/automation/tasks.ts';
import { Settings } from '../../src/contract/host/settings.ts';
import { faults } from './support/axe.ts';
import { type Filled, fill } from './support/fill.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const SIZES = [
  { width: 1440, height: 900 },
  // The smallest window of the desktop app.
  { width: 1024, height: 640 },
  // Half of a screen, in a browser.
  { width: 800, height: 900 },
  // The first one at 200 %: as many pixels, each twice as large.
  { width: 720, height: 450 },
] as const;

/** One screen as it is looked at. */
interface Look {
  name: string;
  path: string;
  /** Brings the screen into the state to be looked at, and waits for it. */
  ready(page: Page): Promise<void>;
}

const sees = (text: string | RegExp) => async (page: Page) => {
  await expect(page.getByText(text).first()).toBeVisible();
};
const dialog = (path: string, key: string) => ({
  path,
  ready: async (page: Page) => {
    await page.keyboard.press(key);
    await expect(page.getByRole('dialog')).toBeVisible();
  },
});

/** An artifact of a task in its dialog. */
const preview = (task: string, file: string, shown: string | RegExp) => ({
  path: `/tasks/${task}?tab=artifacts`,
  ready: async (page: Page) => {
    await page.getByRole('table').getByRole('button', { name: file, exact: true }).click();
    await expect(page.getByRole('dialog')).toContainText(shown);
  },
});

const EMPTY: Look[] = [
  { name: 'dashboard', path: '/', ready: sees('Nothing has run yet') },
  { name: 'tasks', path: '/tasks', ready: sees('No tasks yet') },
  { name: 'commands', path: '/commands', ready: sees('No commands yet') },
  { name: 'profiles', path: '/profiles', ready: sees('No profiles yet') },
  { name: 'proxies', path: '/proxies', ready: sees('No proxies yet') },
  { name: 'schedules', path: '/schedules', ready: sees('No schedules yet') },
  { name: 'models', path: '/models', ready: sees('No models yet') },
  { name: 'chat', path: '/chat', ready: sees('No chat model is installed') },
  { name: 'connections', path: '/connections', ready: sees('No API keys yet') },
];

const filledLooks = ({ tasks, command, profile, schedule, session }: Filled): Look[] => [
  { name: 'dashboard', path: '/', ready: sees('Mirror the catalogue') },
  { name: 'tasks', path: '/tasks', ready: sees('Print the nightly report') },
  { name: 'tasks-peek', path: `/tasks?peek=${tasks.failed}`, ready: sees('Screenshots') },
  { name: 'tasks-no-match', path: '/tasks?q=nothing', ready: sees('No tasks match these filters') },
  { name: 'task', path: `/tasks/${tasks.succeeded}`, ready: sees('invoices are open') },
  { name: 'task-failure', path: `/tasks/${tasks.failed}`, ready: sees('Call log') },
  { name: 'task-failed', path: `/tasks/${tasks.failed}?tab=steps`, ready: sees(/Timeout 400ms/) },
  { name: 'task-failed-program', path: `/tasks/${tasks.timed_out}`, ready: sees('Timed out') },
  { name: 'task-artifacts', path: `/tasks/${tasks.succeeded}?tab=artifacts`, ready: sees('Open trace') },
  { name: 'task-screens', path: `/tasks/${tasks.succeeded}?tab=screens`, ready: sees('invoices.png') },
  { name: 'task-events', path: `/tasks/${tasks.succeeded}?tab=events`, ready: sees('status') },
  { name: 'task-running', path: `/tasks/${tasks.running}`, ready: sees('Copying 4 812 files') },
  { name: 'task-queued', path: `/tasks/${tasks.queued}`, ready: sees('concurrency key') },
  {
    name: 'commands',
    path: `/commands/${command}`,
    ready: async (page) => {
      await expect(page.getByRole('textbox', { name: 'Script', exact: true })).toContainText('Read the table');
    },
  },
  {
    name: 'commands-input',
    path: `/commands/${command}`,
    ready: async (page) => {
      await page.getByRole('tab', { name: /^Input/ }).click();
      await expect(page.getByRole('textbox', { name: 'Default values' })).toBeVisible();
    },
  },
  { name: 'preview-table', ...preview(tasks.succeeded, 'invoices.csv', 'Customer') },
  { name: 'preview-tree', ...preview(tasks.succeeded, 'summary.json', 'newest') },
  { name: 'preview-picture', ...preview(tasks.succeeded, 'invoices.png', /\d of \d/) },
  {
    name: 'commands-versions',
    path: `/commands/${command}`,
    ready: async (page) => {
      await page.getByRole('tab', { name: /^Versions/ }).click();
      await sees(/^current$/)(page);
    },
  },
  {
    name: 'commands-new',
    path: `/commands/${command}`,
    ready: async (page) => {
      await page.getByRole('button', { name: 'New', exact: true }).click();
      await expect(page.getByRole('menu')).toBeVisible();
    },
  },
  {
    name: 'commands-dry-run',
    path: `/commands/${command}`,
    ready: async (page) => {
      await page.getByRole('button', { name: 'Dry run' }).click();
      await expect(page.getByText('Ready to run')).toBeVisible();
    },
  },
  { name: 'profiles', path: '/profiles', ready: sees('Osaka desk') },
  { name: 'profiles-inspector', path: `/profiles?peek=${profile}`, ready: sees('Europe/Berlin') },
  {
    name: 'profiles-selection',
    path: '/profiles',
    ready: async (page) => {
      await sees('Osaka desk')(page);
      await page.getByRole('checkbox', { name: 'Select Osaka desk' }).check();
    },
  },
  {
    name: 'profiles-menu',
    path: '/profiles',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Actions for Osaka desk' }).click();
      await expect(page.getByRole('menu')).toBeVisible();
    },
  },
  { name: 'profiles-form', ...dialog('/profiles', 'N') },
  { name: 'proxies', path: '/proxies', ready: sees('Frankfurt 1') },
  { name: 'proxies-form', ...dialog('/proxies', 'N') },
  {
    name: 'proxies-import',
    path: '/proxies',
    ready: async (page) => {
      await page.keyboard.press('I');
      const list =
        'socks5://user:word@h.example:1080\n10.0.0.1:8080:10.0.0.2:9090\nnonsense\n198.51.100.24:8080:desk:word';
      await page.getByRole('textbox', { name: 'Proxies' }).fill(list);
      await expect(page.getByText('Which one is meant?')).toBeVisible();
    },
  },
  { name: 'schedules', path: '/schedules', ready: sees('Offer of the day, every quarter') },
  { name: 'schedules-inspector', path: `/schedules?peek=${schedule}`, ready: sees('Ledger') },
  {
    name: 'schedules-form',
    path: '/schedules',
    ready: async (page) => {
      await sees('Offer of the day, every quarter')(page);
      await page.keyboard.press('N');
      await expect(page.getByRole('region', { name: 'Next times' })).toContainText('At 07:30');
    },
  },
  { name: 'chat', path: `/chat/${session}`, ready: sees('Two things are open') },
  { name: 'connections', path: '/connections', ready: sees('Nightly export') },
  { name: 'connections-clients', path: '/connections?tab=clients', ready: sees('Connected') },
  { name: 'connections-api', path: '/connections?tab=api', ready: sees('First request') },
  { name: 'connections-key', ...dialog('/connections', 'N') },
  {
    name: 'logs',
    path: '/logs',
    ready: (page) => expect(page.getByRole('log')).toContainText('The page closed before it answered'),
  },
  {
    name: 'logs-detail',
    path: '/logs',
    ready: async (page) => {
      const line = page.getByTestId('log-line').filter({ hasText: 'The page closed before it answered' }).first();
      await line.getByRole('button').click();
      await expect(page.getByRole('complementary')).toBeVisible();
    },
  },
  { name: 'logs-metrics', path: '/logs?tab=metrics', ready: sees(/\d MB$/) },
  { name: 'settings', path: '/settings?section=API %26 security', ready: sees('Allowed origins') },
  { name: 'settings-storage', path: '/settings?section=Storage %26 retention', ready: sees('Backups') },
  { name: 'settings-shortcuts', path: '/settings?section=shortcuts', ready: sees('Toggle sidebar') },
  { name: 'settings-advanced', path: '/settings?section=Advanced', ready: sees('Audit') },
  { name: 'settings-about', path: '/settings?section=about', ready: sees('Diagnosis') },
  { name: 'help', path: '/help/tasks', ready: sees('Why a task waits') },
  { name: 'run-dialog', ...dialog('/tasks', 'N') },
  { name: 'palette', ...dialog('/tasks', 'ControlOrMeta+K') },
  { name: 'keys', ...dialog('/tasks', '?') },
];

/** Texts that are cut off where they should not be, and a body that scrolls sideways. */
const misfits = (page: Page) =>
  page.evaluate(() => {
    const found: string[] = [];
    if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
      found.push('the page scrolls sideways');
    // Elements of class `clip` end in an ellipsis on purpose; code and lists scroll on purpose.
    const texts =
      'button, a, [role=tab], [role=tablist], h1, h2, h3, th, label, legend, dt, summary, header, [class*="_toolBar_"], [class*="_badge_"], [class*="_tag_"]';
    for (const element of document.querySelectorAll<HTMLElement>(texts)) {
      if (
        !element.checkVisibility() ||
        element.matches('[class*="_clip_"], [class*="_clip_"] *, [class*="_hidden_"], .clip, .clip *')
      )
        continue;
      if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline')
        found.push(
          `${element.tagName.toLowerCase()}.${element.className}: ${element.textContent?.slice(0, 60)} (${element.scrollWidth} > ${element.clientWidth})`,
        );
    }
    return found;
  });

/** Names that only programs know: reasons to wait, settings, chords. */
const RAW = [
  'Mod+',
  ...WaitReason.options.filter((name) => name.includes('_')),
  ...Object.keys(Settings.shape).filter((name) => name.includes('.')),
];

/** Texts and tooltips with one of {@link RAW}; what tasks, logs and code say, and the key of a setting as its tooltip, are left out. */
const rawKeys = (page: Page) =>
  page.evaluate((raw) => {
    const data = 'pre, code, kbd, td, .cm-editor, [role="log"]';
    return [...document.querySelectorAll<HTMLElement>('body *')]
      .filter((element) => element.closest(data) === null)
      .flatMap((element) => [
        element.title ?? '',
        ...[...element.childNodes].map((node) => (node.nodeType === 3 ? (node.nodeValue ?? '') : '')),
      ])
      .filter((text) => raw.some((name) => text.includes(name) && text !== name));
  }, RAW);

async function look(page: Page, { name, path, ready }: Look, state: string, theme: string): Promise<void> {
  await page.setViewportSize(SIZES[0]);
  // Through another address, so that what the screen before left open is gone.
  await page.goto('about:blank');
  await open(page, path);
  // A screen that does not come is told with its name, and hides none of the others.
  await ready(page).catch((error: unknown) => expect.soft(String(error), `${name}-${state}-${theme}`).toBe('ready'));
  // Colours change neither sizes nor texts nor names: in the dark, contrast is looked at, in the largest and the smallest.
  const sizes = theme === 'light' ? SIZES : SIZES.filter((size) => size === SIZES[0] || size === SIZES.at(-1));
  for (const size of sizes) {
    await page.setViewportSize(size);
    // Columns and charts take the new width a frame later.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const shot = `${name}-${state}-${theme}-${size.width}x${size.height}`;
    await page.screenshot({ path: `test-results/screens/${shot}.png`, animations: 'disabled' });
    if (theme === 'dark') {
      expect.soft(await faults(page, ['color-contrast']), `${shot}: axe`).toEqual([]);
      continue;
    }
    expect.soft(await misfits(page), `${shot}: fits`).toEqual([]);
    expect.soft(await rawKeys(page), `${shot}: raw keys`).toEqual([]);
    // What axe finds between the largest and the smallest, it finds in one of them.
    if (size === SIZES[0] || size === SIZES.at(-1)) expect.soft(await faults(page), `${shot}: axe`).toEqual([]);
  }
}

test.describe.configure({ mode: 'parallel' });

for (const theme of ['light', 'dark'] as const) {
  // Would catch: text without contrast, a control without a name, clipped or overflowing text, a screen that breaks when empty.
  test(`empty screens, ${theme}`, async ({ page }) => {
    test.setTimeout(300_000);
    await page.emulateMedia({ colorScheme: theme });
    for (const screen of EMPTY) await look(page, screen, 'empty', theme);
  });

  // Would catch: the same, with content.
  test(`filled screens, ${theme}`, async ({ page, api }) => {
    test.setTimeout(1_500_000);
    const filled = await fill(api);
    await page.emulateMedia({ colorScheme: theme });
    for (const screen of filledLooks(filled)) await look(page, screen, 'filled', theme);
  });
}

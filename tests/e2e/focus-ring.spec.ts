/** The ring around what has the focus, in every dialog and on every screen, in a usual window and at 200 %. */
import type { Page } from '@playwright/test';
import { faults } from './support/axe.ts';
import { type Filled, fill } from './support/fill.ts';
import { cutRings } from './support/rings.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const SIZES = [
  { width: 1440, height: 900 },
  // The same window at 200 %.
  { width: 720, height: 450 },
];

const selected = (button: RegExp) => async (page: Page) => {
  await page.getByRole('checkbox', { name: 'Select Osaka desk' }).check();
  await page.getByRole('button', { name: button }).last().click();
};
const key = (name: string) => (page: Page) => page.keyboard.press(name);
const click = (name: string) => (page: Page) => page.getByRole('button', { name }).click();

const DIALOGS: [path: string, ready: string, opened: (page: Page) => Promise<void>][] = [
  ['/profiles', 'Osaka desk', selected(/^Edit/)],
  ['/profiles', 'Osaka desk', selected(/^Export/)],
  ['/profiles', 'Osaka desk', key('n')],
  ['/profiles', 'Osaka desk', click('Import from table')],
  ['/profiles', 'Osaka desk', click('Import archive')],
  ['/proxies', 'Frankfurt 1', key('n')],
  ['/proxies', 'Frankfurt 1', key('i')],
  ['/schedules', 'Nightly report', key('n')],
  ['/connections', 'Nightly export', key('n')],
  ['/connections', 'Nightly export', click('Panel link')],
  ['/connections', 'Nightly export', click('Revoke')],
  ['/models', 'No models yet', key('n')],
  ['/tasks', 'Print the nightly report', key('n')],
  ['/tasks', 'Print the nightly report', key('?')],
];

// Would catch: a ring that the head of a dialog lies over, or of which the edge of a scrolling box leaves three sides; a dialog or a control
// of it without a name.
test('the ring around a control of a dialog is whole, and axe has nothing against the dialog', async ({
  page,
  api,
}) => {
  test.setTimeout(400_000);
  await fill(api);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const [path, ready, opened] of DIALOGS) {
      await page.goto('about:blank');
      await open(page, path);
      await expect(page.getByText(ready).first()).toBeVisible();
      await opened(page);
      const dialog = page.getByRole('dialog');
      await expect(dialog).toBeVisible();
      const title = await dialog.getByRole('heading').first().textContent();
      expect.soft(await faults(page), `${title} at ${size.width}: axe`).toEqual([]);
      const { cut, stops } = await cutRings(page);
      expect.soft(cut, `${title} at ${size.width}`).toEqual([]);
      expect.soft(stops, `${title} at ${size.width}`).toBeGreaterThan(1);
    }
  }
});

const screens = ({ tasks, command, profile, schedule, session }: Filled): [path: string, ready: string][] => [
  ['/', 'Failures by cause'],
  ['/tasks', 'Print the nightly report'],
  [`/tasks?peek=${tasks.failed}`, 'Screenshots'],
  [`/tasks/${tasks.failed}`, 'Call log'],
  [`/tasks/${tasks.succeeded}?tab=artifacts`, 'Open trace'],
  [`/commands/${command}`, 'Read the table'],
  [`/profiles?peek=${profile}`, 'Europe/Berlin'],
  ['/proxies', 'Frankfurt 1'],
  [`/schedules?peek=${schedule}`, 'Ledger'],
  [`/chat/${session}`, 'Two things are open'],
  ['/connections', 'Nightly export'],
  ['/logs', 'The page closed before it answered'],
  ['/settings?section=API %26 security', 'Allowed origins'],
  ['/help/tasks', 'Why a task waits'],
];

// Would catch: links at the edge of the window or of a list whose ring is half outside of it, a divider whose ring lies below both panes.
test('the ring around a control of a screen is whole', async ({ page, api }) => {
  test.setTimeout(600_000);
  const filled = await fill(api);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const [path, ready] of screens(filled)) {
      await page.goto('about:blank');
      await open(page, path);
      await expect(page.getByText(ready).first()).toBeVisible();
      await page.getByRole('region', { name: 'Title bar' }).getByText('TabAgent').click();
      const { cut } = await cutRings(page);
      expect.soft(cut, `${path} at ${size.width}`).toEqual([]);
    }
  }
});

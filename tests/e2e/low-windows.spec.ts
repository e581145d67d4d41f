/** What a window of 1440×900 at 200 %, or half a screen, must not lose. */
import type { Locator } from '@playwright/test';
import { fill } from './support/fill.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true, viewport: { width: 720, height: 450 } });
// Those that fill the host run tasks in browsers first.
test.describe.configure({ timeout: 180_000 });

/** Whether an element lies in the window and in every box that clips it, as a whole. */
const isWhole = (element: Locator) =>
  element.evaluate((node) => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    for (let box = node.parentElement; box !== null; box = box.parentElement) {
      if (getComputedStyle(box).overflowY === 'visible') continue;
      const of = box.getBoundingClientRect();
      if (left < of.left - 1 || right > of.right + 1 || top < of.top - 1 || bottom > of.bottom + 1) return false;
    }
    return right - left > 0 && bottom <= window.innerHeight && right <= window.innerWidth;
  });

// Would catch: a rail whose last button is half below the edge of the window.
test('the rail shows all of its buttons', async ({ page }) => {
  await open(page, '/tasks');
  const rail = page.getByRole('navigation', { name: 'Screens' });
  for (const control of await rail.locator('a, button').all())
    await expect.poll(() => isWhole(control), (await control.getAttribute('aria-label')) ?? '').toBe(true);
});

// Would catch: kinds of commands below the edge of the window, where no wheel and no pointer comes to.
test('a long menu scrolls within the window', async ({ page }) => {
  await open(page, '/commands');
  await page.getByRole('button', { name: 'New', exact: true }).click();
  const items = page.getByRole('menuitem');
  await expect(items.first()).toBeVisible();
  await items.last().hover();
  await expect.poll(() => isWhole(items.last())).toBe(true);
  await page.keyboard.press('Home');
  await items.first().hover();
  await expect.poll(() => isWhole(items.first())).toBe(true);
});

// Would catch: a name that goes out of sight as a whole because its swatch needs the room, and columns that say what a key may.
test('names of profiles are cut, not lost, and API keys say what they may and until when', async ({ page, api }) => {
  const { profile } = await fill(api);
  await open(page, `/profiles?peek=${profile}`);
  for (const name of ['Berlin office', 'New York desk']) {
    const cell = page.getByRole('grid').getByText(name, { exact: true });
    const box = await cell.boundingBox();
    const row = await page.getByRole('row', { name: new RegExp(name) }).boundingBox();
    expect(box?.width, name).toBeGreaterThan(20);
    expect((box?.y ?? 0) + (box?.height ?? 0), name).toBeLessThanOrEqual((row?.y ?? 0) + (row?.height ?? 0));
  }
  await page.setViewportSize({ width: 720, height: 450 });
  await open(page, '/connections');
  for (const title of ['Name', 'Scopes', 'Areas', 'Expires'])
    await expect.poll(() => isWhole(page.getByRole('columnheader', { name: title })), title).toBe(true);
});

// Would catch: an icon over the box to search in, and an editor of which one sees its first pixels.
test('controls of a narrow log do not cover each other, and both editors of an input can be read', async ({
  page,
  api,
}) => {
  const { command } = await fill(api);
  await open(page, '/logs');
  const line = page.getByTestId('log-line').filter({ hasText: 'The page closed before it answered' }).first();
  await line.getByRole('button').click();
  await expect(page.getByRole('complementary')).toBeVisible();
  const find = page.getByRole('textbox', { name: /^Find/ }).or(page.getByPlaceholder('Find')).first();
  const covered = await find.evaluate((node) => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    return [left + 4, (left + right) / 2, right - 4].some(
      (x) => !node.contains(document.elementFromPoint(x, (top + bottom) / 2)),
    );
  });
  expect(covered).toBe(false);
  await open(page, `/commands/${command}`);
  await page.getByRole('tab', { name: /^Input/ }).click();
  for (const name of ['JSON Schema of the input', 'Default values']) {
    const editor = page.getByRole('textbox', { name });
    await editor.scrollIntoViewIfNeeded();
    const room = await editor.evaluate((node) => (node.closest('.cm-editor') ?? node).clientHeight);
    expect(room, name).toBeGreaterThan(40);
  }
});

// Would catch: code that runs on below the button that copies it.
test('the button that copies code hides what is below it', async ({ page, api }) => {
  const { session } = await fill(api);
  await open(page, `/chat/${session}`);
  const copy = page.getByRole('button', { name: 'Copy code' });
  await expect(copy).toBeVisible();
  const { ground, see } = await copy.evaluate((node) => ({
    ground: getComputedStyle(node).backgroundColor,
    see: Number.parseFloat(getComputedStyle(node).opacity),
  }));
  expect(ground).not.toMatch(/rgba\(.*, 0\)|transparent/);
  expect(see).toBe(1);
});

// Would catch: columns of the audit beyond the edge of its card, so that nobody sees that something was refused.
test('the audit shows what was done and its outcome, whatever the width', async ({ page }) => {
  for (const width of [1440, 1024, 800, 720]) {
    await page.setViewportSize({ width, height: 900 });
    await open(page, '/settings?section=Advanced');
    const lines = page.getByRole('region', { name: 'Audit lines' });
    for (const title of ['Time', ...(width > 720 ? ['Caller'] : []), 'Operation', 'Outcome'])
      await expect
        .poll(() => isWhole(lines.getByRole('columnheader', { name: title })), `${title} at ${width}`)
        .toBe(true);
    const room = await lines.getByRole('columnheader', { name: 'Operation' }).boundingBox();
    expect(room?.width, `Operation at ${width}`).toBeGreaterThan(100);
  }
});

// Would catch: long words of one hit that push what tells the others apart out of the palette, where no wheel comes to.
test('a hit with long words leaves the others their state and time', async ({ page, api }) => {
  const { id: command_id } = await api.call('commands_create', {
    ...{ name: 'Offer', kind: 'process', spec: { argv: ['true'] } },
  });
  const { id } = await api.task({ command_id });
  await api.ended(id);
  const trigger = { kind: 'cron', expr: '*/15 8-18 * * 1-5', timezone: 'America/Argentina/Buenos_Aires' } as const;
  await api.call('schedules_create', { name: 'Offer, every quarter of an hour', target: { command_id }, trigger });
  await open(page, '/tasks');
  await page.keyboard.press('ControlOrMeta+P');
  await page.keyboard.type('offer');
  const hits = page.getByRole('dialog').getByRole('button', { name: /Offer/ });
  await expect(hits).toHaveCount(3);
  await expect.poll(() => isWhole(hits.filter({ hasText: 'Succeeded' }).getByText('Succeeded'))).toBe(true);
  // The library's sheet would take this away if it came after the panel's own.
  await expect(hits.first()).toHaveCSS('padding-top', '6px');
  const name = hits.getByText('Offer, every quarter of an hour', { exact: true });
  expect((await name.boundingBox())?.width).toBeGreaterThan(150);
  for (const hit of await hits.all()) expect(await isWhole(hit), (await hit.textContent()) ?? '').toBe(true);
});

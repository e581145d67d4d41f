import type { Page } from '@playwright/test';
import { NUMBERED_SCREENS } from '../../src/contract/host/screens.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const press = async (page: Page, chord: string) => {
  for (const stroke of chord.split(' ')) await page.keyboard.press(stroke.replace('Mod', 'ControlOrMeta'));
};

// Would catch: a key that leads nowhere, keys that mean two things, a palette that does not find what the host has.
test('every screen by its key, every key on the sheet once, objects by name', async ({ page, api }) => {
  await api.call('profiles_create', { name: 'Lisbon counter' });
  await open(page, '/help');
  for (const { key, title } of NUMBERED_SCREENS) {
    await press(page, key);
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await expect(sheet.getByRole('listitem').first()).toBeVisible();
    const chords = await sheet
      .getByRole('listitem')
      .evaluateAll((items) =>
        items.map((item) => [...item.querySelectorAll('kbd')].map((key) => key.textContent).join(' ')),
      );
    expect(chords.length).toBeGreaterThan(8);
    expect(
      chords.filter((each, index) => chords.indexOf(each) !== index),
      `twice on ${title}`,
    ).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(sheet).toHaveCount(0);
  }

  await page.keyboard.press('ControlOrMeta+K');
  await page.keyboard.type('lisbon');
  await expect(page.getByRole('dialog').getByText('Lisbon counter')).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/profiles\?peek=prf_/);
  await expect(page.getByRole('complementary').getByText('Lisbon counter').first()).toBeVisible();

  await page.keyboard.press('ControlOrMeta+B');
  await expect(page.getByRole('button', { name: 'Expand sidebar' })).toBeVisible();
  await page.keyboard.press('ControlOrMeta+B');
  await page.keyboard.press('ControlOrMeta+J');
  await expect(page.getByRole('region', { name: 'Host log' })).toBeVisible();
});

// Would catch: a palette whose field comes some frames after its key, so that the first letters are lost or act on the screen
// behind it; a focus that is lost when it closes.
test('keys typed right after Mod+K go into the palette, and the focus comes back', async ({ page }) => {
  await open(page, '/tasks');
  await expect(page.getByText('No tasks yet')).toBeVisible();
  const button = page.getByRole('button', { name: 'Pause queue' });
  await button.focus();
  const focused = await page.evaluate(() => {
    const key = { key: 'k', ctrlKey: true, bubbles: true, cancelable: true };
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', key));
    // In the same turn: the next key of the keyboard cannot come before it.
    return document.activeElement?.getAttribute('aria-label');
  });
  expect(focused).toBe('Search or run a command');
  await page.keyboard.type('profiles');
  await expect(page.getByRole('textbox', { name: 'Search or run a command' })).toHaveValue('profiles');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(button).toBeFocused();
});

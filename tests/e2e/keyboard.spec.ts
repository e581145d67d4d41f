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

interface Stop {
  /** Index among all controls, -1 for an element that is none. */
  index: number;
  text: string;
  x: number;
  y: number;
  bottom: number;
  bar: string | null;
  /** Whether anything about it looks different than without the focus. */
  shows: boolean;
}

/** Puts the tools of this spec into the page. */
const prepare = (page: Page) =>
  page.evaluate(() => {
    const about = (element: HTMLElement) =>
      `${element.tagName.toLowerCase()} ${element.getAttribute('aria-label') ?? (element as HTMLInputElement).labels?.[0]?.textContent ?? element.textContent?.slice(0, 40)}`;
    /** All by which a focus may show: on the control, on its box, or on the row of a table that the keys move. */
    const looks = (element: HTMLElement) =>
      [
        element,
        element.parentElement,
        element.closest('.cm-editor, .mantine-Input-input'),
        element.nextElementSibling,
        element.querySelector('th'),
      ]
        .map((each) => {
          if (each === null) return '';
          const { outlineStyle, outlineColor, boxShadow, borderColor, backgroundColor } = getComputedStyle(each);
          return [outlineStyle, outlineColor, boxShadow, borderColor, backgroundColor].join();
        })
        .join(';');
    const before = new Map<Element, string>();
    return (
      Object.assign(globalThis, {
        controls: () =>
          [
            ...document.querySelectorAll<HTMLElement>(
              'a[href], button, summary, input, select, textarea, [tabindex], [contenteditable=true]',
            ),
          ]
            .filter((element) => element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true }))
            .filter((element) => !element.matches('input[type=radio]:not(:checked)'))
            .map((element, index) => {
              element.dataset.stop = String(index);
              before.set(element, looks(element));
              return about(element);
            }),
        stop: async (): Promise<Stop> => {
          const element = document.activeElement as HTMLElement;
          // A focus may fade in; the caret blinks for ever.
          const fading = document.getAnimations().filter((each) => each.effect?.getTiming().iterations !== Infinity);
          await Promise.all(fading.map(({ finished }) => finished));
          // The code editor takes note of its focus a moment later.
          for (let frame = 0; frame < 30 && before.get(element) === looks(element); frame += 1)
            await new Promise(requestAnimationFrame);
          const { x, y, bottom } = element.getBoundingClientRect();
          return {
            index: Number(element.dataset.stop ?? -1),
            text: about(element),
            x,
            y,
            bottom,
            bar: element.closest('main header, [class*="_toolBar_"]')?.className ?? null,
            shows: before.get(element) !== looks(element),
          };
        },
      }) && undefined
    );
  });

type Tools = { controls(): string[]; stop(): Promise<Stop> };

for (const [path, ready] of [
  ['/tasks', 'Printed'],
  ['/commands', 'Weekly report'],
] as const) {
  // Would catch: a control that only the mouse reaches, a focus that cannot be seen or jumps across the page.
  test(`Tab reaches every control of ${path} in the order in which they stand, and the focus shows`, async ({
    page,
    api,
  }) => {
    await api.call('commands_create', {
      name: 'Weekly report',
      kind: 'browser',
      spec: { script: 'export default async ({ page }) => page.title();' },
    });
    await api.program('Printed', 'console.log(1)').then(({ id }) => api.ended(id));
    await open(page, path);
    await expect(page.locator('main').getByText(ready).first()).toBeVisible();
    if (path === '/commands') await expect(page.getByRole('textbox', { name: 'Script', exact: true })).toBeVisible();
    // The next Tab starts at the top of the page.
    await page.getByRole('region', { name: 'Title bar' }).getByText('TabAgent').click();
    await prepare(page);
    const all = await page.evaluate(() => (globalThis as unknown as Tools).controls());
    const stops: Stop[] = [];
    for (let presses = 0; presses < all.length + 5; presses += 1) {
      await page.keyboard.press('Tab');
      const next = await page.evaluate(() => (globalThis as unknown as Tools).stop());
      if (next.index < 0 || stops.some(({ index }) => index === next.index)) break;
      stops.push(next);
    }
    expect(
      all.filter((_, index) => !stops.some((each) => each.index === index)),
      'never reached',
    ).toEqual([]);
    expect(
      stops.filter(({ shows }) => !shows).map(({ text }) => text),
      'without a visible focus',
    ).toEqual([]);
    const backwards = stops.filter((each, index) => {
      const before = stops[index - 1];
      return (
        before !== undefined &&
        before.bar !== null &&
        before.bar === each.bar &&
        each.y < before.bottom &&
        each.x < before.x
      );
    });
    expect(
      backwards.map(({ text }) => text),
      'left of the control before',
    ).toEqual([]);
  });
}

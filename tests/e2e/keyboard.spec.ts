import type { Page } from '@playwright/test';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const SCREENS = [
  ['G T', 'Tasks'],
  ['G C', 'Commands'],
  ['G P', 'Profiles'],
  ['G N', 'Connections'],
  ['G L', 'Logs'],
  ['ControlOrMeta+,', 'Settings'],
  ['G D', 'Dashboard'],
] as const;

const press = async (page: Page, chord: string) => {
  for (const stroke of chord.split(' ')) await page.keyboard.press(stroke);
};

// Would catch: a key that leads nowhere, keys that mean two things, a palette that does not find what the host has.
test('every screen by its key, every key on the sheet once, objects by name', async ({ page, api }) => {
  await api.call('profiles_create', { name: 'Lisbon counter' });
  await open(page, '/');
  for (const [chord, title] of SCREENS) {
    await press(page, chord);
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

interface Stop {
  /** Index among all controls, -1 for an element that is none. */
  index: number;
  text: string;
  x: number;
  y: number;
  bottom: number;
  bar: string | null;
  ring: boolean;
}

/** Tags every control that Tab must reach and answers what they are. */
const controls = (page: Page) =>
  page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        'a[href], button, summary, input, select, textarea, [tabindex], [contenteditable=true]',
      ),
    ]
      .filter((element) => element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true }))
      .filter((element) => !element.matches('input[type=radio]:not(:checked)'))
      .map((element, index) => {
        element.dataset.stop = String(index);
        return `${element.tagName.toLowerCase()} ${element.getAttribute('aria-label') ?? element.textContent?.slice(0, 40)}`;
      }),
  );

const stop = (page: Page): Promise<Stop> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const { x, y, bottom } = element.getBoundingClientRect();
    const ringed = [
      element,
      element.parentElement,
      element.closest('.cm-editor'),
      element.nextElementSibling,
      element.querySelector('th'),
    ].some((each) => {
      if (each === null) return false;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
    });
    const { outlineColor, borderColor } = getComputedStyle(element);
    return {
      index: Number(element.dataset.stop ?? -1),
      text: `${element.tagName.toLowerCase()} ${element.getAttribute('aria-label') ?? element.textContent?.slice(0, 40)}`,
      x,
      y,
      bottom,
      bar: element.closest('.screen-head, .tool-bar')?.className ?? null,
      ring: ringed || (element.matches('input, textarea') && borderColor === outlineColor),
    };
  });

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
    const all = await controls(page);
    // The next Tab starts at the top of the page.
    await page.locator('.brand').click();
    const stops: Stop[] = [];
    for (let presses = 0; presses < all.length + 5; presses += 1) {
      await page.keyboard.press('Tab');
      const next = await stop(page);
      if (next.index < 0 || stops.some(({ index }) => index === next.index)) break;
      stops.push(next);
    }
    expect(
      all.filter((_, index) => !stops.some((each) => each.index === index)),
      'never reached',
    ).toEqual([]);
    expect(
      stops.filter(({ ring }) => !ring).map(({ text }) => text),
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

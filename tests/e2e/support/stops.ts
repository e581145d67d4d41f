/** Walks through a page with Tab: what is reached, in which order, how it is called, and whether the focus shows. */
import type { Page } from '@playwright/test';

/** A control that Tab reached. */
export interface Stop {
  /** Index among all controls, -1 for an element that is none. */
  index: number;
  text: string;
  /** What assistive technology calls it, after its role. */
  name: string;
  x: number;
  y: number;
  bottom: number;
  bar: string | null;
  /** Whether anything about it looks different than without the focus. */
  shows: boolean;
}

/** Puts what the walk needs into the page. */
const prepare = (page: Page) =>
  page.evaluate(() => {
    const about = (element: HTMLElement) =>
      `${element.tagName.toLowerCase()} ${element.getAttribute('aria-label') ?? (element as HTMLInputElement).labels?.[0]?.textContent ?? element.textContent?.slice(0, 40)}`;
    /** All by which a focus may show: on the control, on its box, or on the row or head of what the keys move in. */
    const looks = (element: HTMLElement) =>
      [
        element,
        element.parentElement,
        element.closest('.cm-editor, .mantine-Input-input'),
        element.nextElementSibling,
        element.querySelector('th'),
        element.querySelector('tr[class*="_cursor_"] td'),
        element.querySelector('[class*="_axis_"]'),
      ]
        .map((each) => {
          if (each === null) return '';
          const { outlineStyle, outlineColor, boxShadow, borderColor, backgroundColor } = getComputedStyle(each);
          return [outlineStyle, outlineColor, boxShadow, borderColor, backgroundColor].join();
        })
        .join(';');
    const before = new Map<Element, string>();
    const controls = () =>
      [
        ...document.querySelectorAll<HTMLElement>(
          'a[href], button, summary, input, select, textarea, [tabindex], [contenteditable=true]',
        ),
      ]
        .filter((element) => element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true }))
        .filter((element) => !element.matches('input[type=radio]:not(:checked), :disabled'));
    return (
      Object.assign(globalThis, {
        controls: () => {
          before.clear();
          return controls().map((element, index) => {
            element.dataset.stop = String(index);
            before.set(element, looks(element));
            return about(element);
          });
        },
        isSame: () => controls().every((element) => before.has(element)),
        stop: async (): Promise<Omit<Stop, 'name'>> => {
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

type Tools = { controls(): string[]; isSame(): boolean; stop(): Promise<Omit<Stop, 'name'>> };

/** Role and name of what has the focus, as the browser tells them to assistive technology. */
async function nameOf(page: Page): Promise<string> {
  const cdp = await page.context().newCDPSession(page);
  const { result } = await cdp.send('Runtime.evaluate', { expression: 'document.activeElement' });
  const { nodes } = await cdp.send('Accessibility.getPartialAXTree', {
    ...(result.objectId === undefined ? {} : { objectId: result.objectId }),
    fetchRelatives: false,
  });
  await cdp.detach();
  return `${nodes[0]?.role?.value ?? ''} ${nodes[0]?.name?.value ?? ''}`.trim();
}

interface Walk {
  all: string[];
  stops: Stop[];
}

/** @returns null when controls came or were made anew meanwhile */
async function walkOnce(page: Page): Promise<Walk | null> {
  // The next Tab starts at the top of the page.
  await page.getByRole('region', { name: 'Title bar' }).getByText('TabAgent').click();
  const all = await page.evaluate(() => (globalThis as unknown as Tools).controls());
  const stops: Stop[] = [];
  for (let presses = 0; presses < all.length + 5; presses += 1) {
    await page.keyboard.press('Tab');
    const next = await page.evaluate(() => (globalThis as unknown as Tools).stop());
    if (next.index < 0 || stops.some(({ index }) => index === next.index)) break;
    stops.push({ ...next, name: await nameOf(page) });
  }
  return (await page.evaluate(() => (globalThis as unknown as Tools).isSame())) ? { all, stops } : null;
}

/** All controls of the page, and those that Tab reaches from its top until it comes back to one. A page that is still loading is walked again. */
export async function walk(page: Page): Promise<Walk> {
  await prepare(page);
  for (let tries = 0; tries < 5; tries += 1) {
    const walked = await walkOnce(page);
    if (walked !== null) return walked;
  }
  throw new Error('The controls of the page change all the time.');
}

/** Controls of one bar that the focus reaches after one that stands right of them. */
export const backwards = (stops: readonly Stop[]): Stop[] =>
  stops.filter((each, index) => {
    const before = stops[index - 1];
    const sameBar = before !== undefined && before.bar !== null && before.bar === each.bar;
    return sameBar && each.y < before.bottom && each.x < before.x;
  });

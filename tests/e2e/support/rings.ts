/** Whether the ring around what has the focus is seen as a whole: neither cut off by a box that scrolls, nor under something else. */
import type { Page } from '@playwright/test';

/** Puts what {@link cutRing} asks into the page. */
const prepare = (page: Page) =>
  page.evaluate(() => {
    type Box = { left: number; right: number; top: number; bottom: number };
    /** Px that a box sticks out of another one. */
    const beyond = (box: Box, of: Box) =>
      Math.max(of.left - box.left, box.right - of.right, of.top - box.top, box.bottom - of.bottom);
    const inner = (element: Element): Box => {
      const { left, top } = element.getBoundingClientRect();
      const [x, y] = [left + element.clientLeft, top + element.clientTop];
      return { left: x, top: y, right: x + element.clientWidth, bottom: y + element.clientHeight };
    };
    const isClipping = ({ overflowX, overflowY }: CSSStyleDeclaration) =>
      overflowX !== 'visible' || overflowY !== 'visible';
    /** Whether something over the page lies at a point of the ring: the head of a dialog, its buttons. */
    const isUnder = (element: Element, x: number, y: number) => {
      let over = document.elementFromPoint(x, y);
      if (over === null || over.contains(element) || element.contains(over)) return false;
      for (; over !== null && !over.contains(element); over = over.parentElement)
        if (['sticky', 'fixed'].includes(getComputedStyle(over).position)) return true;
      return false;
    };
    return (
      Object.assign(globalThis, {
        ringOf: (): { name: string; cut: string | null } | null => {
          const element = document.activeElement;
          if (!(element instanceof HTMLElement) || element === document.body) return null;
          const name = `${element.tagName.toLowerCase()} ${element.getAttribute('aria-label') ?? (element as HTMLInputElement).labels?.[0]?.textContent ?? element.textContent?.slice(0, 40)}`;
          const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(element);
          if (outlineStyle === 'none') return { name, cut: null };
          const by = Number.parseFloat(outlineWidth) + Number.parseFloat(outlineOffset);
          const { left, right, top, bottom } = element.getBoundingClientRect();
          const ring = { left: left - by, right: right + by, top: top - by, bottom: bottom + by };
          for (let box = element.parentElement; box !== null; box = box.parentElement) {
            const style = getComputedStyle(box);
            // What is larger than the box around it, as a picture may be, is seen in parts.
            const fits = box.clientHeight > ring.bottom - ring.top && box.clientWidth > ring.right - ring.left;
            if (isClipping(style) && !fits) return { name, cut: null };
            // Half a pixel is a matter of rounding.
            if (isClipping(style) && beyond(ring, inner(box)) > 0.75) return { name, cut: `by ${box.className}` };
            if (style.position === 'fixed') break;
          }
          const [x, y] = [(left + right) / 2, (top + bottom) / 2];
          const points = [
            [x, ring.top + 0.5],
            [x, ring.bottom - 0.5],
            [ring.left + 0.5, y],
            [ring.right - 0.5, y],
          ] as const;
          return { name, cut: points.some((point) => isUnder(element, ...point)) ? 'covered' : null };
        },
      }) && undefined
    );
  });

/** Goes round with Tab from where the focus is. @returns the stops whose ring is cut or covered, and how many stops there were */
export async function cutRings(page: Page, most = 90): Promise<{ cut: string[]; stops: number }> {
  await prepare(page);
  const seen = new Set<string>();
  const cut: string[] = [];
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press('Tab');
    // What is scrolled to has come to rest with the next frame.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const stop = await page.evaluate(() =>
      (globalThis as unknown as { ringOf(): { name: string; cut: string | null } | null }).ringOf(),
    );
    if (stop === null) continue;
    if (stop.cut !== null) cut.push(`${stop.name}: ${stop.cut}`);
    const first = [...seen][0];
    if (first === stop.name && seen.size > 1) break;
    seen.add(stop.name);
  }
  return { cut: [...new Set(cut)], stops: seen.size };
}

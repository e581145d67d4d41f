/** What a browser has and jsdom does not, as far as the panel's components ask for it. */
import { notifications } from '@mantine/notifications';
import { cleanup, configure } from '@testing-library/react';
import { afterEach, vi } from 'vitest';
import { listenForKeys } from '../../src/renderer/lib/keys/use-actions.ts';

configure({ asyncUtilTimeout: 5_000 });
afterEach(() => {
  cleanup();
  notifications.clean();
});
listenForKeys();

const noop = () => undefined;
vi.stubGlobal('matchMedia', (query: string) => ({
  matches: false,
  media: query,
  onchange: null,
  addEventListener: noop,
  removeEventListener: noop,
  addListener: noop,
  removeListener: noop,
  dispatchEvent: () => false,
}));
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe = noop;
    unobserve = noop;
    disconnect = noop;
  },
);
// An idle moment comes at once: what waits for one has no frame to be late for.
vi.stubGlobal('requestIdleCallback', (run: () => void) => setTimeout(run));
vi.stubGlobal('cancelIdleCallback', (asked: number) => clearTimeout(asked));
vi.stubGlobal('scrollTo', noop);
// jsdom has no layout: every element is as large as a window, so that lists show their first rows.
for (const [name, px] of [
  ['clientWidth', 1280],
  ['clientHeight', 800],
] as const)
  Object.defineProperty(Element.prototype, name, { configurable: true, get: () => px });
Element.prototype.scrollIntoView = noop;
Element.prototype.checkVisibility = function (this: Element) {
  return this.isConnected;
};
// Fields that grow with their text measure it anew when a font has come.
Object.defineProperty(document, 'fonts', { value: new EventTarget() });
Element.prototype.scrollTo = function (this: Element, to?: ScrollToOptions | number) {
  if (typeof to !== 'object' || to.top === undefined) return;
  this.scrollTop = to.top;
  this.dispatchEvent(new Event('scroll'));
};
// Where the editor would draw its selection.
Range.prototype.getClientRects = () => document.createElement('div').getClientRects();
Element.prototype.setPointerCapture = noop;
// Charts draw on a canvas, which jsdom has no pixels for: every stroke is taken and none is kept.
const pen = new Proxy({} as Record<PropertyKey, unknown>, {
  get: (kept, name) => kept[name] ?? (name === 'measureText' ? () => ({ width: 0 }) : noop),
});
HTMLCanvasElement.prototype.getContext = (() => pen) as never;
vi.stubGlobal('Path2D', function Path2D() {
  return pen;
});

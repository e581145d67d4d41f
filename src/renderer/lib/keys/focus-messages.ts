/**
 * The key that leads to what the panel says by itself: banners, notices in a screen, toasts and bulk operations in the corner. They
 * come without the focus, stand far from it in the order of Tab, and some go after a few seconds.
 */
import { focusList } from './focus-list.ts';

/** Attribute of a message in the screen. */
export const messageProps = { 'data-message': '' } as const;

/** What stands in the corner for some seconds. Toasts are made by the library. */
const PASSING = '[data-corner], .mantine-Notification-root';
const MESSAGES = `[data-message], ${PASSING}`;
const CONTROLS = 'button:not(:disabled), a[href]';

/** What had the focus before it went to a message. */
let before: HTMLElement | null = null;

/** Those in which there is something to press: first what goes by itself, then the others in the order of the page. */
const messages = () =>
  [...document.querySelectorAll<HTMLElement>(MESSAGES)]
    .flatMap((message) => {
      // A message within another one is a part of that.
      if (message.parentElement?.closest(MESSAGES)) return [];
      const control = message.querySelector<HTMLElement>(CONTROLS);
      return control?.checkVisibility() ? [{ message, control, stays: !message.matches(PASSING) }] : [];
    })
    .sort((a, b) => Number(a.stays) - Number(b.stays));

function goBack(): void {
  if (before?.isConnected && before !== document.body) before.focus({ preventScroll: true });
  else focusList();
}

/** A message that goes with the focus in it, because its button was pressed or its time is over, gives it back. */
function goBackWith(message: HTMLElement): void {
  const stop = new AbortController();
  const watch = new MutationObserver(() => {
    if (message.isConnected) return;
    stop.abort();
    if (document.activeElement === null || document.activeElement === document.body) goBack();
  });
  stop.signal.addEventListener('abort', () => watch.disconnect());
  watch.observe(document.body, { childList: true, subtree: true });
  const leave = ({ target }: FocusEvent) => {
    if (!message.contains(target as Node)) stop.abort();
  };
  window.addEventListener('focusin', leave, { signal: stop.signal });
}

/** Moves the focus into the first message, from there to the next one, and after the last one back to where it was. */
export function focusNextMessage(): void {
  const all = messages();
  const now = document.activeElement;
  const at = all.findIndex(({ message }) => message.contains(now));
  if (at < 0) before = now instanceof HTMLElement ? now : null;
  const next = all[at + 1];
  if (next === undefined) {
    if (at >= 0) goBack();
    return;
  }
  next.control.focus();
  goBackWith(next.message);
}

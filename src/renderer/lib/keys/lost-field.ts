/**
 * A text field that vanishes while it is typed into leaves the focus with the page. What is still on its way from the fingers was
 * meant for the field: it must not act as shortcuts.
 */
import { inTextField } from './in-text-field.ts';

/** Ms without a key after which the user has noticed. */
const PAUSE_MS = 2_000;
/** Keys that leave a field on purpose, `Mod+Enter` too, which runs or submits; what comes after them is meant for the screen. */
const LEAVING = new Set(['Enter', 'Escape', 'Tab']);

/**
 * Follows what is typed into text fields.
 * @returns whether a key press, which no field got, was meant for one that has vanished
 */
export function watchLostField(): (event: KeyboardEvent) => boolean {
  let field: HTMLElement | null = null;
  let lastKey = 0;
  const isLost = () => field !== null && (!field.isConnected || field.matches(':disabled'));
  const capture = { capture: true };
  window.addEventListener(
    'focusin',
    ({ target }) => {
      field = inTextField(target) ? target : null;
      lastKey = Date.now();
    },
    capture,
  );
  window.addEventListener(
    'pointerdown',
    () => {
      field = null;
    },
    capture,
  );
  window.addEventListener(
    'keydown',
    ({ key, target }) => {
      if (!inTextField(target)) return;
      lastKey = Date.now();
      field = LEAVING.has(key) ? null : target;
    },
    capture,
  );
  return ({ ctrlKey, metaKey, target }) => {
    if (inTextField(target) || !isLost() || document.activeElement !== document.body) return false;
    if (Date.now() - lastKey > PAUSE_MS) field = null;
    else lastKey = Date.now();
    return field !== null && !ctrlKey && !metaKey;
  };
}

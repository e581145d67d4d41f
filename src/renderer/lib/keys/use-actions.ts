/** Registering actions from components. */
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { inTextField } from './in-text-field.ts';
import { watchLostField } from './lost-field.ts';
import { type Action, createKeyRegistry, strokeOf } from './registry.ts';

/** The panel's registry. */
export const keys = createKeyRegistry();

/** Listens for key presses; call once. `onBlocked` is told of an action that cannot be done now. */
export function listenForKeys(onBlocked?: (action: Action, reason: string) => void): void {
  // As it was when the key was pressed: Escape may have closed it before the event arrives below.
  let overlay = false;
  const isMeantForLostField = watchLostField();
  window.addEventListener(
    'keydown',
    () => {
      overlay = document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null;
    },
    { capture: true },
  );
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    // A dialog or menu owns the keyboard while it is open; the palette's own key still works.
    const inField = inTextField(event.target);
    if (isMeantForLostField(event)) return event.preventDefault();
    if (overlay && !(event.ctrlKey || event.metaKey)) return;
    // Enter and Space belong to the control that has the focus.
    const onControl =
      event.target instanceof HTMLElement && event.target.closest('button, a[href], summary, [role="tab"]') !== null;
    if (onControl && (event.key === 'Enter' || event.key === ' ') && !(event.ctrlKey || event.metaKey)) return;
    if (keys.press(strokeOf(event), inField, Date.now(), onBlocked)) event.preventDefault();
  });
}

/** Offers actions while the component is mounted. Their `run` is always that of the latest render. */
export function useActions(actions: readonly Action[]): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  const shape = JSON.stringify(actions.map(({ run, ...rest }) => rest));
  useEffect(() => {
    const stable = (JSON.parse(shape) as Omit<Action, 'run'>[]).map((action) => ({
      ...action,
      run: () => latest.current.find(({ id }) => id === action.id)?.run(),
    }));
    return keys.register(stable);
  }, [shape]);
}

/** Every action that is offered now. */
export function useAllActions(): readonly Action[] {
  return useSyncExternalStore(keys.subscribe, keys.actions);
}

/** First chord of an action by id, for tooltips. */
export function useChord(id: string): string | undefined {
  const all = useAllActions();
  return useMemo(() => all.find((action) => action.id === id)?.keys?.[0], [all, id]);
}

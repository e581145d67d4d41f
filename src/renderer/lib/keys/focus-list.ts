/** The focus of a screen that was opened by its key: its list, so that the arrow keys act on it at once. */
import { useEffect } from 'react';

/** Attribute of the element of a screen that takes it. */
export const listProps = { 'data-list': '' } as const;

/** Gives the focus to the list that is shown; a list that comes next takes it then. */
export function focusList(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  document.querySelector<HTMLElement>('main [data-list]')?.focus({ preventScroll: true });
}

/** Takes the focus when the element comes, unless a field or a dialog has it already. */
export function useInitialFocus(of: () => HTMLElement | null | undefined, wanted = true): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when there is something to focus
  useEffect(() => {
    if (wanted && document.activeElement === document.body) of()?.focus({ preventScroll: true });
  }, [wanted]);
}

import { useEffect, useEffectEvent } from 'react';

/** Where arrow keys have a meaning of their own. */
const OWN_ARROWS = 'input, textarea, select, video, [role="dialog"] [tabindex="0"]';

/**
 * Left and right go through what a dialog shows, from the moment it is open: the focus comes into it some frames later.
 * @param step told -1 or 1
 */
export function useStepKeys(isOpen: boolean, step: (by: 1 | -1) => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : null;
    if (by === null || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target instanceof Element && event.target.closest(OWN_ARROWS) !== null) return;
    // What has the focus below the dialog would move too.
    event.stopPropagation();
    event.preventDefault();
    step(by);
  });
  useEffect(() => {
    if (!isOpen) return;
    globalThis.addEventListener('keydown', onKey, true);
    return () => globalThis.removeEventListener('keydown', onKey, true);
  }, [isOpen]);
}

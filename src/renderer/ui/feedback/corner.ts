/**
 * The lower right corner, where toasts and bulk operations are shown: it moves up from what a click must reach. That is marked with
 * `data-keep-clear`, as every primary button is.
 */
import { useNotifications } from '@mantine/notifications';
import { useEffect } from 'react';

/** What stands in the corner. */
const STACK = '[data-corner], .mantine-Notifications-root[data-position="bottom-right"]';
/** Distance to what is kept clear, px. */
const GAP = 8;
/** The title bar; px. */
const CEILING = 40;

type Box = Pick<DOMRect, 'left' | 'right' | 'top' | 'bottom'>;

/** Least way up, in px, after which a stack covers none of `kept`; 0 when there is none below the title bar. */
export function liftOver(stack: Box, kept: readonly Box[]): number {
  // From below: the next one up is met after those below it have been passed.
  const beside = kept
    .filter(({ left, right }) => left < stack.right && right > stack.left)
    .sort((a, b) => b.bottom - a.bottom);
  let lift = 0;
  for (const { top, bottom } of beside)
    if (top < stack.bottom - lift + GAP && bottom > stack.top - lift - GAP) lift = stack.bottom - top + GAP;
  return stack.top - lift < CEILING ? 0 : lift;
}

/** Keeps the corner off what must not be covered, for as long as there is anything in it. */
export function useClearCorner(isDocked: boolean): void {
  const isUsed = useNotifications().notifications.length > 0 || isDocked;
  useEffect(() => {
    if (!isUsed) return;
    const { style } = document.documentElement;
    let lift = 0;
    let frame = 0;
    const place = () => {
      frame = 0;
      const parts = [...document.querySelectorAll(STACK)].map((part) => part.getBoundingClientRect());
      const [first, ...others] = parts.filter(({ height }) => height > 0);
      if (first === undefined) return;
      const whole = others.reduce<Box>(
        (box, part) => ({
          left: Math.min(box.left, part.left),
          right: Math.max(box.right, part.right),
          top: Math.min(box.top, part.top),
          bottom: Math.max(box.bottom, part.bottom),
        }),
        first,
      );
      const kept = [...document.querySelectorAll('[data-keep-clear]')].filter((part) => part.closest(STACK) === null);
      const resting = { left: whole.left, right: whole.right, top: whole.top + lift, bottom: whole.bottom + lift };
      lift = liftOver(
        resting,
        kept
          .map((part) => part.getBoundingClientRect())
          .filter(({ height, bottom }) => height > 0 && bottom <= window.innerHeight),
      );
      style.setProperty('--corner-lift', `${lift}px`);
    };
    const soon = () => {
      if (frame === 0) frame = requestAnimationFrame(place);
    };
    const changes = new MutationObserver(soon);
    changes.observe(document.body, { childList: true, subtree: true });
    const sizes = new ResizeObserver(soon);
    for (const part of document.querySelectorAll(STACK)) sizes.observe(part);
    window.addEventListener('resize', soon);
    soon();
    return () => {
      cancelAnimationFrame(frame);
      changes.disconnect();
      sizes.disconnect();
      window.removeEventListener('resize', soon);
      style.removeProperty('--corner-lift');
    };
  }, [isUsed]);
}

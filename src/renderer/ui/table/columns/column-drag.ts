/** Moving a column with the mouse: the head is dragged to another place. */
import type { PointerEvent } from 'react';

/** Px that the pointer moves before a press becomes a drag; less is a click, which sorts. */
const THRESHOLD = 5;

/** Edges of a head cell, px. */
type Edges = Pick<DOMRect, 'left' | 'right'>;

/** The head under `x`, and the side on which the dragged column would be put; `null` where it stays. */
export function dropPlace(
  heads: readonly Edges[],
  from: number,
  x: number,
): { to: number; side: 'before' | 'after' } | null {
  const last = heads.length - 1;
  const over = heads.findIndex(({ right }) => x < right);
  const to = over === -1 ? last : over;
  if (to === from || last < 0) return null;
  return { to, side: to < from ? 'before' : 'after' };
}

/** The next click is the end of a drag, not a request to sort. */
function swallowClick(): void {
  const stop = (event: Event) => {
    event.stopPropagation();
    event.preventDefault();
  };
  window.addEventListener('click', stop, { capture: true, once: true });
  // A drag that ends over another element is followed by no click at all.
  setTimeout(() => window.removeEventListener('click', stop, { capture: true }), 0);
}

/** Follows the pointer from a press on the head of column `from` until it is released; Escape leaves everything as it was. */
export function dragColumn(event: PointerEvent<HTMLElement>, from: number, move: (by: number) => void): void {
  const head = event.currentTarget;
  const heads = [...(head.parentElement?.querySelectorAll<HTMLElement>('th[data-column]') ?? [])];
  const start = event.clientX;
  const listening = new AbortController();
  let place: ReturnType<typeof dropPlace> = null;
  let dragging = false;

  const mark = () => {
    for (const [index, each] of heads.entries()) each.dataset.drop = index === place?.to ? place.side : '';
  };
  const end = () => {
    listening.abort();
    place = null;
    mark();
    delete head.dataset.dragged;
  };
  const { signal } = listening;
  window.addEventListener(
    'pointermove',
    ({ clientX }) => {
      dragging ||= Math.abs(clientX - start) > THRESHOLD;
      if (!dragging) return;
      head.dataset.dragged = '';
      place = dropPlace(
        heads.map((each) => each.getBoundingClientRect()),
        from,
        clientX,
      );
      mark();
    },
    { signal },
  );
  window.addEventListener(
    'pointerup',
    () => {
      const to = place?.to ?? from;
      if (dragging) swallowClick();
      end();
      if (to !== from) move(to - from);
    },
    { signal },
  );
  window.addEventListener('pointercancel', end, { signal });
  window.addEventListener(
    'keydown',
    (key) => {
      if (key.key !== 'Escape') return;
      key.stopPropagation();
      end();
    },
    { signal, capture: true },
  );
}

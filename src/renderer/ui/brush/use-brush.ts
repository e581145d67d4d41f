/** Choosing a piece of a horizontal axis by dragging. What follows the pointer is written to one element; nothing is rendered. */
import { type PointerEvent, type RefObject, useEffect, useRef } from 'react';

/** Px that the pointer moves before a press becomes a drag. */
const SLACK = 4;

/** Both ends as shares of the axis, 0 to 1, in order. */
export type Shares = readonly [from: number, to: number];

/** Options of {@link useBrush}. */
export interface BrushOptions {
  /** The element that is as wide as the axis. */
  area: RefObject<HTMLElement | null>;
  /** The element over the area that shows what is chosen; hidden unless the user drags. `data-label` gets the label. */
  mark: RefObject<HTMLElement | null>;
  /** Whether a drag may begin on this element. */
  startsOn(target: Element): boolean;
  /** Moves the ends to places that can be chosen. */
  snap?(shares: Shares): Shares;
  label(shares: Shares): string;
  onBrush(shares: Shares): void;
}

interface Drag {
  x: number;
  shares: Shares | null;
  release(): void;
}

/** Handlers for the element that the pointer moves over. Escape gives up a drag. */
export function useBrush(options: BrushOptions) {
  const { area, mark, startsOn, snap = (shares) => shares, label, onBrush } = options;
  const drag = useRef<Drag | null>(null);
  const end = () => {
    drag.current?.release();
    drag.current = null;
    if (mark.current !== null) mark.current.hidden = true;
  };
  useEffect(() => () => drag.current?.release(), []);

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || !(event.target instanceof Element) || !startsOn(event.target)) return;
    const onKey = (pressed: KeyboardEvent) => {
      if (pressed.key !== 'Escape' || drag.current?.shares == null) return;
      pressed.preventDefault();
      end();
    };
    window.addEventListener('keydown', onKey, { capture: true });
    drag.current = {
      x: event.clientX,
      shares: null,
      release: () => window.removeEventListener('keydown', onKey, { capture: true }),
    };
  };

  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const { current } = drag;
    if (current === null || area.current === null || mark.current === null) return;
    if ((event.buttons & 1) === 0) return end();
    if (current.shares === null) {
      if (Math.abs(event.clientX - current.x) < SLACK) return;
      // From here on the press is no click on what lies below.
      event.currentTarget.setPointerCapture(event.pointerId);
    }
    const box = area.current.getBoundingClientRect();
    const share = (x: number) => Math.min(1, Math.max(0, (x - box.left) / box.width));
    const [from, to] = snap([share(Math.min(current.x, event.clientX)), share(Math.max(current.x, event.clientX))]);
    current.shares = [from, to];
    const { style, dataset } = mark.current;
    mark.current.hidden = false;
    dataset.label = label(current.shares);
    style.left = `${from * 100}%`;
    style.width = `${(to - from) * 100}%`;
  };

  const onPointerUp = () => {
    const shares = drag.current?.shares ?? null;
    end();
    if (shares !== null && shares[1] > shares[0]) onBrush(shares);
  };

  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: end };
}

/** Overlay of the histogram that selects a time range: caret and selection for the keyboard, brush for the pointer. */

import { type KeyboardEvent, useRef, useState } from 'react';
import { plural } from '../../lib/format.ts';
import { momentText, rangeText, type TimeRange } from '../../lib/log/time-range.ts';
import { BrushMark } from '../../ui/brush/brush-mark.tsx';
import { type Shares, useBrush } from '../../ui/brush/use-brush.ts';
import { PLOT } from '../../ui/chart/bars.tsx';
import { type Buckets, countSlots, rangeOfSlots, slotAt } from './log-buckets.ts';
import css from './range-chooser.module.css';

// The handlers sit on the area itself.
const anywhere = () => true;

export interface RangeChooserProps {
  buckets: Buckets;
  /** Lines before this time are not loaded yet; unix ms. */
  missing: number | null;
  range: TimeRange | null;
  onRange(range: TimeRange | null): void;
}

interface Caret {
  /** Slot of the caret. */
  at: number;
  /** Slot at the other end of the selection; equal to `at` without one. */
  other: number;
  moved: boolean;
  selecting: boolean;
  onKeyDown(event: KeyboardEvent): void;
  reset(): void;
}

/** Slot that a key moves to from `at`; `undefined` for any other key. */
function slotFor(key: string, at: number, slots: number): number | undefined {
  const moves: Record<string, number> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    PageUp: at - 10,
    PageDown: at + 10,
    Home: 0,
    End: slots - 1,
  };
  const next = moves[key];
  return next === undefined ? undefined : Math.min(slots - 1, Math.max(0, next));
}

/** Keyboard caret over the slots: Shift selects, Enter calls `choose`, Escape clears the selection, then the range. */
function useCaret(
  { buckets, range, onRange }: RangeChooserProps,
  choose: (first: number, last: number) => void,
): Caret {
  // Times, not slots: the slots of a live log move on.
  const [caret, setCaret] = useState<number | null>(null);
  const [anchor, setAnchor] = useState<number | null>(null);
  const { from, to, slots } = buckets;
  const at = caret === null ? slots - 1 : slotAt(buckets, caret);
  const other = anchor === null ? at : slotAt(buckets, anchor);
  const middle = (slot: number) => from + ((slot + 0.5) * (to - from)) / slots;

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = slotFor(event.key, at, slots);
    if (next !== undefined) {
      setAnchor(event.shiftKey ? (anchor ?? middle(at)) : null);
      setCaret(middle(next));
    } else if (event.key === 'Enter') choose(other, at);
    else if (event.key === 'Escape' && anchor !== null) setAnchor(null);
    else if (event.key === 'Escape' && range !== null) onRange(null);
    else return;
    event.preventDefault();
  };
  const reset = () => {
    setCaret(null);
    setAnchor(null);
  };
  return { at, other, moved: caret !== null, selecting: anchor !== null, onKeyDown, reset };
}

export function RangeChooser(props: RangeChooserProps) {
  const { buckets, missing, onRange } = props;
  const area = useRef<HTMLDivElement>(null);
  const mark = useRef<HTMLDivElement>(null);
  const { from, to, slots } = buckets;
  const choose = (first: number, last: number) => {
    caret.reset();
    onRange(rangeOfSlots(buckets, first, last));
  };
  const caret = useCaret(props, choose);
  const ends = ([start, end]: Shares) => [Math.round(start * slots), Math.round(end * slots) - 1] as const;
  const brush = useBrush({
    area,
    mark,
    startsOn: anywhere,
    snap: ([start, end]) => [
      Math.floor(start * slots) / slots,
      Math.max(Math.floor(start * slots) + 1, Math.ceil(end * slots)) / slots,
    ],
    label: (shares) => rangeText(rangeOfSlots(buckets, ...ends(shares)), to),
    onBrush: (shares) => choose(...ends(shares)),
  });

  const { at, other } = caret;
  const { lines, errors } = countSlots(buckets, other, at);
  const length = (to - from) / slots;
  const span = caret.selecting
    ? rangeText(rangeOfSlots(buckets, other, at), to)
    : momentText(from + at * length, length);
  const first = Math.min(at, other);
  const left = (slot: number) => `${(slot / slots) * 100}%`;
  return (
    <div
      className={css.area}
      ref={area}
      style={{ inset: `${PLOT.top}px ${PLOT.right}px ${PLOT.bottom}px ${PLOT.left}px` }}
      role="slider"
      tabIndex={0}
      aria-label="Time range of the log"
      aria-description="Shift and the arrow keys choose a range, Enter shows its lines"
      aria-valuemin={0}
      aria-valuemax={slots - 1}
      aria-valuenow={at}
      aria-valuetext={`${span}, ${plural(lines, 'line')}, ${plural(errors, 'error')}`}
      onKeyDown={caret.onKeyDown}
      {...brush}
    >
      {missing === null ? null : (
        <span
          className={css.notLoaded}
          title="Older lines of this range are not loaded yet; scroll up in the log"
          style={{ width: left(((missing - from) / (to - from)) * slots) }}
        />
      )}
      <span
        className={caret.selecting ? `${css.caret} ${css.chosen}` : css.caret}
        data-label={caret.moved ? `${span} · ${plural(lines, 'line')}` : undefined}
        data-side={first > slots / 2 ? 'left' : 'right'}
        style={{ left: left(first), width: left(Math.abs(at - other) + 1) }}
      />
      <BrushMark ref={mark} />
    </div>
  );
}

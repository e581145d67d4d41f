/** Loaded lines over time. Dragging, or the arrow keys with Shift, choose a time range. */
import { type KeyboardEvent, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { plural } from '../../lib/format.ts';
import type { LogFeed } from '../../lib/log/feed.ts';
import { momentText, rangeText, type TimeRange } from '../../lib/log/time-range.ts';
import { Bars, PLOT } from '../../ui/chart/bars.tsx';
import { useBrush } from '../../ui/use-brush.ts';
import { bucketsOf, countSlots, rangeOfSlots, slotAt } from './log-buckets.ts';

/** Fewer lines have no shape. */
const WORTH_DRAWING = 30;
/** Lines of a chosen range that are loaded without being asked for, so that its bars are all there. */
const LOADED_AT_ONCE = 20_000;

const inArea = (target: Element) => target.closest('.brush-area') !== null;

/** Props of {@link LogHistogram}. */
export interface LogHistogramProps {
  feed: LogFeed;
  /** The range that the feed is limited to. */
  range: TimeRange | null;
  onRange(range: TimeRange | null): void;
}

/** See the file's head. */
export function LogHistogram({ feed, range, onRange }: LogHistogramProps) {
  const version = useSyncExternalStore(feed.subscribe, feed.version);
  const { more, loading } = feed.state();
  const loaded = feed.ring.length;
  const oldest = feed.ring.first();
  // Bars need not move with every line, but they do when older lines come or nothing else will.
  const coarse = range === null ? `${Math.ceil(version / 10)} ${oldest}` : `${version}`;
  const buckets = useMemo(() => (coarse === '' ? null : bucketsOf(feed.ring, range)), [feed, range, coarse]);
  const charted = useMemo(() => {
    if (buckets === null) return null;
    const step = (buckets.to - buckets.from) / buckets.slots;
    return {
      times: Array.from({ length: buckets.slots }, (_, slot) => (buckets.from + slot * step) / 1_000),
      series: [
        { label: 'errors', color: '--bad', values: buckets.error },
        { label: 'warnings', color: '--warn', values: buckets.warn },
        { label: 'other lines', color: '--line-strong', values: buckets.rest },
      ],
    };
  }, [buckets]);
  const [shown, setShown] = useState(false);
  const draws = range !== null || loaded >= WORTH_DRAWING || (loading && shown);
  if (draws !== shown) setShown(draws);

  const limited = range !== null;
  useEffect(() => {
    if (limited && more && version >= 0 && loaded < LOADED_AT_ONCE) feed.loadOlder();
  }, [limited, more, version, loaded, feed]);

  if (!draws || buckets === null || charted === null) return null;
  const missing = range !== null && more && !loading ? (feed.ring.at(0)?.at ?? range.from) : null;
  return (
    <div className="histogram">
      <Bars label="Log lines over time" times={charted.times} series={charted.series} height={72} />
      <Chooser buckets={buckets} missing={missing} range={range} onRange={onRange} />
    </div>
  );
}

interface ChooserProps {
  buckets: ReturnType<typeof bucketsOf>;
  /** Lines before this moment are not loaded; unix ms. */
  missing: number | null;
  range: TimeRange | null;
  onRange(range: TimeRange | null): void;
}

/** Lies over the bars: a caret and a selection for the keys, a brush for the pointer. */
function Chooser({ buckets, missing, range, onRange }: ChooserProps) {
  const area = useRef<HTMLDivElement>(null);
  const mark = useRef<HTMLDivElement>(null);
  // Moments, not slots: the bars of a live log move on.
  const [caret, setCaret] = useState<number | null>(null);
  const [anchor, setAnchor] = useState<number | null>(null);
  const { from, to, slots } = buckets;
  const length = (to - from) / slots;
  const now = to;
  const at = caret === null ? slots - 1 : slotAt(buckets, caret);
  const other = anchor === null ? at : slotAt(buckets, anchor);
  const left = (slot: number) => `${(slot / slots) * 100}%`;

  const choose = (first: number, last: number) => {
    setCaret(null);
    setAnchor(null);
    onRange(rangeOfSlots(buckets, first, last));
  };
  const brush = useBrush({
    area,
    mark,
    startsOn: inArea,
    snap: ([start, end]) => [
      Math.floor(start * slots) / slots,
      Math.max(Math.floor(start * slots) + 1, Math.ceil(end * slots)) / slots,
    ],
    label: ([start, end]) =>
      rangeText(rangeOfSlots(buckets, Math.round(start * slots), Math.round(end * slots) - 1), now),
    onBrush: ([start, end]) => choose(Math.round(start * slots), Math.round(end * slots) - 1),
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      PageUp: at - 10,
      PageDown: at + 10,
      Home: 0,
      End: slots - 1,
    };
    const next = moves[event.key];
    if (next !== undefined) {
      const slot = Math.min(slots - 1, Math.max(0, next));
      const middle = (index: number) => from + (index + 0.5) * length;
      setAnchor(event.shiftKey ? (anchor ?? middle(at)) : null);
      setCaret(middle(slot));
    } else if (event.key === 'Enter') choose(other, at);
    else if (event.key === 'Escape' && anchor !== null) setAnchor(null);
    else if (event.key === 'Escape' && range !== null) onRange(null);
    else return;
    event.preventDefault();
  };

  const { lines, errors } = countSlots(buckets, other, at);
  const span =
    anchor === null ? momentText(from + at * length, length) : rangeText(rangeOfSlots(buckets, other, at), now);
  const first = Math.min(at, other);
  return (
    <div
      className="brush-area"
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
      onKeyDown={onKeyDown}
      {...brush}
    >
      {missing === null ? null : (
        <span
          className="not-loaded"
          title="Older lines of this range are not loaded yet; scroll up in the log"
          style={{ width: left(((missing - from) / (to - from)) * slots) }}
        />
      )}
      <span
        className={anchor === null ? 'caret' : 'caret chosen'}
        data-label={caret === null ? undefined : `${span} · ${plural(lines, 'line')}`}
        data-side={first > slots / 2 ? 'left' : 'right'}
        style={{ left: left(first), width: left(Math.abs(at - other) + 1) }}
      />
      <div className="brush-mark" ref={mark} hidden />
    </div>
  );
}

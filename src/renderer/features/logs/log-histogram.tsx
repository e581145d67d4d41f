/** Histogram of the loaded lines over time. Dragging, or Shift with the arrow keys, selects a time range. */

import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { LogFeed } from '../../lib/log/feed.ts';
import type { TimeRange } from '../../lib/log/time-range.ts';
import { Bars } from '../../ui/chart/bars.tsx';
import { bucketsOf } from './log-buckets.ts';
import css from './log-histogram.module.css';
import { RangeChooser } from './range-chooser.tsx';

/** Minimum number of lines for a histogram without a range. */
const WORTH_DRAWING = 30;
/** Lines of a selected range that are loaded ahead, so that its bars are complete. */
const LOADED_AT_ONCE = 20_000;

export interface LogHistogramProps {
  feed: LogFeed;
  /** The range that the feed is limited to. */
  range: TimeRange | null;
  onRange(range: TimeRange | null): void;
}

export function LogHistogram({ feed, range, onRange }: LogHistogramProps) {
  const version = useSyncExternalStore(feed.subscribe, feed.version);
  const { more, loading } = feed.state();
  const loaded = feed.ring.length;
  const oldest = feed.ring.first();
  // Counting again on every tenth change is enough for a live log; older lines and a fixed range must count at once.
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
    <div className={css.histogram}>
      <Bars label="Log lines over time" times={charted.times} series={charted.series} height={72} />
      <RangeChooser buckets={buckets} missing={missing} range={range} onRange={onRange} />
    </div>
  );
}

import { useMemo, useSyncExternalStore } from 'react';
import type { LogFeed } from '../../lib/log/feed.ts';
import { Bars } from '../../ui/chart/bars.tsx';

const SLOTS = 60;

/** Lines that are loaded, over time: errors and warnings stand out. */
export function LogHistogram({ feed }: { feed: LogFeed }) {
  const version = useSyncExternalStore(feed.subscribe, feed.version);
  // Bars need not move with every line.
  const coarse = Math.ceil(version / 10);
  const { times, series } = useMemo(() => {
    const { ring } = feed;
    const from = ring.at(0)?.at ?? 0;
    const to = ring.at(ring.length - 1)?.at ?? 1;
    const width = Math.max(1_000, (to - from) / SLOTS);
    const counts = {
      error: new Array<number>(SLOTS).fill(0),
      warn: new Array<number>(SLOTS).fill(0),
      rest: new Array<number>(SLOTS).fill(0),
    };
    for (let index = 0; index < ring.length && coarse >= 0; index += 1) {
      const row = ring.at(index);
      if (row === undefined) continue;
      const slot = Math.min(SLOTS - 1, Math.floor((row.at - from) / width));
      const into = row.level === 'error' ? counts.error : row.level === 'warn' ? counts.warn : counts.rest;
      into[slot] = (into[slot] ?? 0) + 1;
    }
    return {
      times: Array.from({ length: SLOTS }, (_, slot) => (from + slot * width) / 1_000),
      series: [
        { label: 'errors', color: '--bad', values: counts.error },
        { label: 'warnings', color: '--warn', values: counts.warn },
        { label: 'other lines', color: '--line-strong', values: counts.rest },
      ],
    };
  }, [feed, coarse]);
  // A handful of lines has no shape.
  if (feed.ring.length < 30) return null;
  return (
    <div style={{ borderBottom: '1px solid var(--line)' }}>
      <Bars label="Log lines over time" times={times} series={series} height={72} />
    </div>
  );
}

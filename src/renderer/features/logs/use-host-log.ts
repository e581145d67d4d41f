import { useMemo } from 'react';
import type { LogFeed } from '../../lib/log/feed.ts';
import { type HostLogFilter, hostLog } from '../../lib/log/sources.ts';
import { parseRange, rangeText, type TimeRange } from '../../lib/log/time-range.ts';
import { useLogFeed } from '../../lib/log/use-log-feed.ts';
import { listOf, type Search } from '../../lib/search-params.ts';
import { LEVELS } from '../../ui/log/log-bar.tsx';

/** The host distinguishes `log` from `info`; the panel shows them as one level. */
const HOST_LEVELS = { debug: ['debug'], info: ['info', 'log'], warn: ['warn'], error: ['error'] } as const;

export interface HostLog {
  feed: LogFeed;
  range: TimeRange | null;
  /** The range as text; empty without one. */
  rangeText: string;
  /** The range ends in the past, so no new line can match. */
  past: boolean;
}

function filterOf({ level, source, q }: Search): HostLogFilter {
  const levels = listOf(level, LEVELS)?.flatMap((name) => [...HOST_LEVELS[name]]);
  return {
    ...(levels === undefined ? {} : { level: levels }),
    ...(source === undefined ? {} : { source: source.split(',') }),
    ...(q === undefined ? {} : { q }),
  };
}

/** Follows the host's log with the filters of the address. Changed filters start a new feed. */
export function useHostLog({ level, source, q, from, to }: Search): HostLog {
  const key = JSON.stringify({ level, source, q, from, to });
  const log = useMemo(() => {
    const search: Search = JSON.parse(key);
    const range = parseRange(search.from, search.to);
    const now = Date.now();
    return {
      filter: filterOf(search),
      range,
      rangeText: range === null ? '' : rangeText(range, now),
      past: range !== null && range.to <= now,
    };
  }, [key]);
  const feed = useLogFeed(`host ${key}`, (client) => hostLog(client, log.filter, log.range));
  return { ...log, feed };
}

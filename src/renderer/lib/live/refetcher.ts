/** Fetches stale queries again, however often they are reported stale, at a rate that the host can bear. */
import type { Query, QueryClient } from '@tanstack/react-query';

/** Least pause between two fetches of the same query, ms. */
export const REFETCH_MS = 500;

/** Longest pause, ms: also a slow list is updated while changes keep coming. */
const MAX_PAUSE_MS = 5_000;

/** A query may spend about a fifth of its time fetching. */
const PAUSE_PER_FETCH = 4;

/** Pause after a fetch that took `ms`; at least `least`. */
export const pauseAfter = (ms: number, least: number) => Math.min(MAX_PAUSE_MS, Math.max(least, PAUSE_PER_FETCH * ms));

/** Refetches queries: at most one fetch in flight and one pending for each. */
export interface Refetcher {
  /** Marks a query stale and, when a screen shows it, fetches it again: at once after a quiet time, otherwise after a pause. */
  request(query: Query): void;
  stop(): void;
}

interface Lane {
  again: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Creates a refetcher over a cache. */
export function createRefetcher(queries: QueryClient): Refetcher {
  const lanes = new Map<string, Lane>();
  let stopped = false;

  const fetch = async (query: Query, lane: Lane) => {
    lane.timer = undefined;
    // An answer that is on its way may be older than the change, so it is awaited and then asked for once more.
    lane.again = query.state.fetchStatus === 'fetching';
    const startedAt = Date.now();
    try {
      await queries.refetchQueries(
        { queryKey: query.queryKey, exact: true, type: 'active' },
        { cancelRefetch: false, throwOnError: true },
      );
    } catch {
      // The screen shows the error, with a way to retry.
    }
    // Loading the next page replaces a refetch that is in flight; the pages before it are still as they were.
    if (query.state.fetchMeta?.fetchMore !== undefined) lane.again = true;
    if (stopped) return;
    lane.timer = setTimeout(() => next(query, lane), pauseAfter(Date.now() - startedAt, REFETCH_MS));
  };

  const next = (query: Query, lane: Lane) => {
    if (lane.again) query.invalidate();
    if (lane.again && query.isActive()) void fetch(query, lane);
    else lanes.delete(query.queryHash);
  };

  return {
    request: (query) => {
      query.invalidate();
      const lane = lanes.get(query.queryHash);
      if (lane !== undefined) lane.again = true;
      else if (query.isActive()) {
        const fresh: Lane = { again: false, timer: undefined };
        lanes.set(query.queryHash, fresh);
        void fetch(query, fresh);
      }
    },
    stop: () => {
      stopped = true;
      for (const { timer } of lanes.values()) clearTimeout(timer);
      lanes.clear();
    },
  };
}

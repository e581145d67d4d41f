/** The last hour of metrics, followed while the window is visible. */

import type { Client } from '../../../contract/client/client-types.ts';
import type { MetricItem, MetricPoint } from '../../../contract/host/metrics.ts';
import type { AppError } from '../../../contract/kernel/errors.ts';

const KEPT_MS = 60 * 60_000;

/** Immutable snapshot; a new object on every change. */
export interface MetricsState {
  /** Nothing has been received yet. */
  loading: boolean;
  error: AppError | null;
  memoryTotal: number;
  /** Oldest first. */
  points: readonly MetricPoint[];
}

export interface MetricsFeed {
  /** Starts to follow. @returns a function that stops it */
  start(): () => void;
  /** Reconnects after an error. */
  retry(): void;
  state(): MetricsState;
  subscribe(listener: () => void): () => void;
}

/** Appends a point and keeps an hour. Times stay strictly ascending even when the clock is set back. */
export function withPoint(points: readonly MetricPoint[], point: MetricPoint): MetricPoint[] {
  return [...points.filter(({ at }) => at > point.at - KEPT_MS && at < point.at), point];
}

/** Merges the host's history after the points seen earlier: a restarted host no longer has those. */
export function withHistory(points: readonly MetricPoint[], history: readonly MetricPoint[]): MetricPoint[] {
  const began = history[0] === undefined ? Number.POSITIVE_INFINITY : history[0].at - history[0].span_ms;
  return [...points.filter(({ at }) => at <= began), ...history];
}

/** Creates a stopped feed. `page` is the document whose visibility is observed. */
export function createMetricsFeed(client: Client, page: Document = document): MetricsFeed {
  const listeners = new Set<() => void>();
  let state: MetricsState = { loading: true, error: null, memoryTotal: 0, points: [] };
  let following: AbortController | null = null;

  const set = (patch: Partial<MetricsState>) => {
    state = { ...state, ...patch };
    for (const listener of listeners) listener();
  };
  const take = (item: MetricItem) => {
    if (item.type === 'point') return set({ points: withPoint(state.points, item.point) });
    const points = withHistory(state.points, item.points);
    set({ loading: false, error: null, memoryTotal: item.machine_memory_total_bytes, points });
  };
  const follow = () => {
    following?.abort();
    following = new AbortController();
    const { signal } = following;
    client.stream(
      'metrics_follow',
      {},
      {
        signal,
        onItem: take,
        // The stream ends only when the host stops; the client reconnects to the next one.
        onEnd: () => void setTimeout(() => signal.aborted || follow(), 1_000),
        onError: (error) => set({ error, loading: false }),
      },
    );
  };
  // While hidden, the host need not sample every second; its history fills the gap on return.
  const onVisibility = () => (page.hidden ? following?.abort() : follow());

  return {
    start() {
      if (!page.hidden) follow();
      page.addEventListener('visibilitychange', onVisibility);
      return () => {
        page.removeEventListener('visibilitychange', onVisibility);
        following?.abort();
      };
    },
    retry: follow,
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

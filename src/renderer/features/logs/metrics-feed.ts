/** The last hour of figures, kept up to date while the window can be seen. */

import type { Client } from '../../../contract/client/client-types.ts';
import type { MetricItem, MetricPoint } from '../../../contract/host/metrics.ts';
import type { AppError } from '../../../contract/kernel/errors.ts';

const KEPT_MS = 60 * 60_000;

/** What is known; a new object on every change. */
export interface MetricsState {
  /** Nothing has come yet. */
  loading: boolean;
  error: AppError | null;
  memoryTotal: number;
  /** Oldest first. */
  points: readonly MetricPoint[];
}

/** See the file's head. */
export interface MetricsFeed {
  /** Begins to follow. @returns ends it */
  start(): () => void;
  /** Follows again after an error. */
  retry(): void;
  state(): MetricsState;
  subscribe(listener: () => void): () => void;
}

/** Points after one more has come: an hour of them, each moment once although clocks are set back. */
export function withPoint(points: readonly MetricPoint[], point: MetricPoint): MetricPoint[] {
  return [...points.filter(({ at }) => at > point.at - KEPT_MS && at < point.at), point];
}

/** What a host keeps, after what was seen before that: another host, started since, knows nothing of it. */
export function withHistory(points: readonly MetricPoint[], history: readonly MetricPoint[]): MetricPoint[] {
  const began = history[0] === undefined ? Number.POSITIVE_INFINITY : history[0].at - history[0].span_ms;
  return [...points.filter(({ at }) => at <= began), ...history];
}

/** Creates a feed that does nothing yet. `page` says whether anybody can see it. */
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
        // Only a host that is stopping ends this; the next one is asked when it is there.
        onEnd: () => void setTimeout(() => signal.aborted || follow(), 1_000),
        onError: (error) => set({ error, loading: false }),
      },
    );
  };
  // Nobody looks: the host need not measure each second. What it keeps fills the time in between.
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

/** One subscription to all changes keeps the whole cache right: no screen polls, none subscribes by itself. */
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { Change } from '../../../contract/host/telemetry.ts';
import type { CallIdOf } from '../../../contract/index.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import type { Client } from '../client/client-types.ts';
import { noTouch, type Touch, touch } from './touch.ts';

/** Least time between two flushes, ms: four a second. */
export const FLUSH_MS = 250;

type Row = Record<string, unknown>;

function isPage(value: unknown): value is Page<Row> {
  return typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items);
}

function isPages(value: unknown): value is InfiniteData<Page<Row>> {
  return typeof value === 'object' && value !== null && 'pages' in value && Array.isArray(value.pages);
}

function patchPage(page: Page<Row>, rows: Map<string, Row>): Page<Row> {
  let changed = false;
  const items = page.items.map((item) => {
    const row = rows.get(String(item.id));
    if (row === undefined || Number(row.version ?? Number.POSITIVE_INFINITY) < Number(item.version ?? 0)) return item;
    changed = true;
    return { ...item, ...row };
  });
  return changed ? { ...page, items } : page;
}

/** Puts whole rows into a cached list without changing its order; answers the same object when nothing was in it. */
export function patchRows(data: unknown, rows: Map<string, Row>): unknown {
  if (isPages(data)) {
    const pages = data.pages.map((page) => patchPage(page, rows));
    return pages.every((page, index) => page === data.pages[index]) ? data : { ...data, pages };
  }
  if (isPage(data)) return patchPage(data, rows);
  const row = typeof data === 'object' && data !== null && 'id' in data ? rows.get(String(data.id)) : undefined;
  return row === undefined ? data : { ...(data as Row), ...row };
}

/** A filter on a member that changed may put the row elsewhere, so such lists are asked again; progress is never filtered by. */
function needsAsking(input: unknown, rows: Map<string, Row>): boolean {
  if ([...rows.values()].every((row) => !('version' in row))) return false;
  if (typeof input !== 'object' || input === null) return false;
  return ['status', 'state', 'kind', 'folder', 'tag', 'group', 'q', 'enabled', 'error_code'].some(
    (name) => name in input,
  );
}

/** Applies what a batch of changes asks for. */
export function applyTouch(queries: QueryClient, batch: Touch): void {
  for (const [op, rows] of batch.rows) {
    // What is asked again anyway needs no patch.
    if (batch.ops.has(op)) continue;
    for (const query of queries.getQueryCache().findAll({ queryKey: [op] })) {
      if (needsAsking(query.queryKey[1], rows))
        void queries.invalidateQueries({ queryKey: query.queryKey, exact: true });
      else queries.setQueryData(query.queryKey, (data: unknown) => patchRows(data, rows));
    }
  }
  for (const op of batch.ops) void queries.invalidateQueries({ queryKey: [op] });
  for (const [op, ids] of batch.byId) {
    void queries.invalidateQueries({
      predicate: ({ queryKey }) => {
        const input = queryKey[1];
        return (
          queryKey[0] === op &&
          typeof input === 'object' &&
          input !== null &&
          'id' in input &&
          ids.has(String(input.id))
        );
      },
    });
  }
}

/** Collects changes and applies them at most every {@link FLUSH_MS}; the first of a quiet time at once. */
export function createFlusher(apply: (batch: Touch) => void): { push(change: Change): void; stop(): void } {
  let batch = noTouch();
  let dirty = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    if (!dirty) return;
    const taken = batch;
    batch = noTouch();
    dirty = false;
    timer = setTimeout(flush, FLUSH_MS);
    apply(taken);
  };
  return {
    push: (change) => {
      touch(batch, change);
      dirty = true;
      if (timer === undefined) flush();
    },
    stop: () => clearTimeout(timer),
  };
}

/** Operations that no event announces; they are asked again after an outage. */
const UNANNOUNCED: readonly CallIdOf[] = ['get_resources', 'host_info'];

/**
 * Follows all changes and keeps the cache right until `signal` aborts. After an outage the stream goes on where it was; when
 * the history does not reach back that far, or events were lost, everything is asked again.
 */
export function followChanges(client: Client, queries: QueryClient, signal: AbortSignal): void {
  const flusher = createFlusher((batch) => applyTouch(queries, batch));
  signal.addEventListener('abort', flusher.stop, { once: true });
  const start = () =>
    client.stream(
      'changes_follow',
      {},
      {
        signal,
        onItem: (item) => {
          if (!('entity' in item)) {
            if (item.type === 'gap') void queries.invalidateQueries();
            return;
          }
          flusher.push(item);
        },
        // Only a host that is stopping ends this stream; the reconnect that follows starts it anew.
        onEnd: () => void setTimeout(() => signal.aborted || start(), 1_000),
        onError: (error) => {
          if (error.slug !== 'cursor-expired') return;
          void queries.invalidateQueries();
          start();
        },
      },
    );
  start();
  let seen = client.status().connections;
  const unsubscribe = client.subscribe(() => {
    const { phase, connections } = client.status();
    if (phase !== 'online' || connections === seen) return;
    const first = seen === 0;
    seen = connections;
    if (first) return;
    void queries.invalidateQueries({
      predicate: ({ queryKey, state }) => state.status === 'error' || UNANNOUNCED.includes(queryKey[0] as CallIdOf),
    });
  });
  signal.addEventListener('abort', unsubscribe, { once: true });
}

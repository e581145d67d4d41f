/** One subscription to all changes keeps the whole cache right: no screen asks again for what events tell, none subscribes by itself. */
import type { Query, QueryClient } from '@tanstack/react-query';
import type { Client } from '../../../contract/client/client-types.ts';
import type { Change } from '../../../contract/host/telemetry.ts';
import type { CallIdOf } from '../../../contract/index.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import { type AskList, createLiveLists } from './lists.ts';
import { createRefetcher } from './refetcher.ts';
import { patchRows, putData, putNewest, type Row } from './rows.ts';
import { noTouch, type Touch, touch } from './touch.ts';

/** Least time between two flushes, ms: four a second. */
export const FLUSH_MS = 250;

const idOfInput = ({ queryKey }: Query): string | undefined => {
  const input = queryKey[1];
  return typeof input === 'object' && input !== null && 'id' in input ? String(input.id) : undefined;
};

/** Keeps a cache right. */
export interface LiveCache {
  /** Applies what a batch of changes asks for. */
  apply(batch: Touch): void;
  /** Marks answers stale and fetches again those that a screen shows. */
  refresh(which?: (query: Query) => boolean): void;
  stop(): void;
}

/** Creates the live cache; `ask` is how lists are asked. */
export function createLiveCache(queries: QueryClient, ask: AskList): LiveCache {
  const refetcher = createRefetcher(queries);
  const lists = createLiveLists(queries, ask, refetcher);
  const answersOf = (op: CallIdOf) => queries.getQueryCache().findAll({ queryKey: [op] });

  const patch = (query: Query, patched: unknown, ids: Iterable<string>) => {
    if (patched !== query.state.data) putData(queries, query, patched);
    lists.patched(query, ids);
  };

  return {
    apply: (batch) => {
      for (const op of batch.ops) for (const query of answersOf(op)) refetcher.request(query);
      // An answer that is fetched again anyway needs no patch.
      for (const [op, rows] of batch.rows)
        if (!batch.ops.has(op))
          for (const query of answersOf(op)) patch(query, patchRows(query.state.data, rows), rows.keys());
      for (const [op, newest] of batch.newest)
        for (const query of answersOf(op)) patch(query, putNewest(query.state.data, newest), newest.keys());
      for (const [op, ids] of batch.lists) {
        if (!batch.ops.has(op)) for (const query of answersOf(op)) lists.change(query, ids);
      }
      for (const [op, ids] of batch.byId) {
        for (const query of answersOf(op)) if (ids.has(idOfInput(query) ?? '')) refetcher.request(query);
      }
    },
    refresh: (which = () => true) => {
      for (const query of queries.getQueryCache().findAll({ predicate: which })) refetcher.request(query);
    },
    stop: () => {
      lists.stop();
      refetcher.stop();
    },
  };
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

/**
 * Follows all changes and keeps the cache right until `signal` aborts. After an outage the stream goes on where it was; when
 * the history does not reach back that far, or events were lost, everything is asked again.
 */
export function followChanges(client: Client, queries: QueryClient, signal: AbortSignal): void {
  // Only the lists of the registry are asked, with their own input and an id: their answer is a page.
  const cache = createLiveCache(
    queries,
    (op, input) => client.call(op, input as never, { signal }) as Promise<Page<Row>>,
  );
  const flusher = createFlusher(cache.apply);
  signal.addEventListener(
    'abort',
    () => {
      flusher.stop();
      cache.stop();
    },
    { once: true },
  );
  const start = () =>
    client.stream(
      'changes_follow',
      {},
      {
        signal,
        onItem: (item) => {
          if (!('entity' in item)) {
            if (item.type === 'gap') cache.refresh();
            return;
          }
          flusher.push(item);
        },
        // Only a host that is stopping ends this stream; the reconnect that follows starts it anew.
        onEnd: () => void setTimeout(() => signal.aborted || start(), 1_000),
        onError: (error) => {
          if (error.slug !== 'cursor-expired') return;
          cache.refresh();
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
    cache.refresh(({ state }) => state.status === 'error');
  });
  signal.addEventListener('abort', unsubscribe, { once: true });
}

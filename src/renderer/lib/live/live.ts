/** One subscription to all changes keeps the whole cache right: no screen polls, none subscribes by itself. */
import type { Query, QueryClient } from '@tanstack/react-query';
import type { Client } from '../../../contract/client/client-types.ts';
import { entities } from '../../../contract/entities.ts';
import type { Change } from '../../../contract/host/telemetry.ts';
import type { CallIdOf } from '../../../contract/index.ts';
import type { EntityRecord } from '../../../contract/kernel/entity.ts';
import { createRefetcher } from './refetcher.ts';
import { loadedIds, patchRows, type Row } from './rows.ts';
import { noTouch, type Touch, touch } from './touch.ts';

/** Least time between two flushes, ms: four a second. */
export const FLUSH_MS = 250;

/** Changed rows of a list that are fetched one by one; when more of them changed at once, one fetch of the list costs less. */
const MAX_BY_ID = 8;

/** Members of every list's input that say nothing about which rows are in the list. */
const FIXED_INPUT: readonly string[] = ['limit', 'count', 'fields'];

/** By list operation: the members of its input that no update of an entity can affect. */
const fixedInputs: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.values<EntityRecord>(entities).flatMap(({ lists = [], filters = {} }) => {
    const fixed = Object.keys(filters).filter((name) => filters[name]?.fixed);
    return lists.map((op) => [op, new Set([...FIXED_INPUT, ...fixed])] as const);
  }),
);

/** True when an updated row may have entered the list, left it or moved. */
function mayMove({ queryKey: [op, input] }: Query): boolean {
  if (typeof input !== 'object' || input === null) return false;
  const fixed = fixedInputs.get(String(op));
  return Object.entries(input).some(
    ([name, value]) =>
      value !== undefined && !fixed?.has(name) && !(name === 'sort' && /^-?created_at$/.test(String(value))),
  );
}

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

/** Creates the live cache over the client's calls. */
export function createLiveCache(queries: QueryClient, call: (op: CallIdOf, id: string) => Promise<Row>): LiveCache {
  const refetcher = createRefetcher(queries);
  /** Rows being fetched: an id that changes again meanwhile is fetched once more afterwards. */
  const fetching = new Map<string, { again: boolean }>();
  let stopped = false;
  const listsOf = (op: CallIdOf) => queries.getQueryCache().findAll({ queryKey: [op] });

  const fetchRow = async (op: CallIdOf, one: CallIdOf, id: string): Promise<void> => {
    const name = `${op} ${id}`;
    const busy = fetching.get(name);
    if (busy !== undefined) {
      busy.again = true;
      return;
    }
    const state = { again: false };
    fetching.set(name, state);
    try {
      do {
        state.again = false;
        const row = await call(one, id);
        if (stopped) return;
        for (const list of listsOf(op)) place(list, id, row);
      } while (state.again);
    } catch {
      // The row is gone or cannot be read any more: the list itself knows.
      if (!stopped) for (const list of listsOf(op)) if (loadedIds(list.state.data).has(id)) refetcher.request(list);
    } finally {
      fetching.delete(name);
    }
  };

  const place = (list: Query, id: string, row: Row) => {
    // An answer on its way may be older than the row and would overwrite it.
    if (list.state.fetchStatus === 'fetching') refetcher.request(list);
    else queries.setQueryData(list.queryKey, (data: unknown) => patchRows(data, new Map([[id, row]])));
  };

  const applyRows = (op: CallIdOf, rows: Map<string, Row>) => {
    const whole = [...rows.values()].some((row) => 'version' in row);
    for (const query of listsOf(op)) {
      if (whole && (mayMove(query) || query.state.fetchStatus === 'fetching')) refetcher.request(query);
      else queries.setQueryData(query.queryKey, (data: unknown) => patchRows(data, rows));
    }
  };

  const applyUpdated = (op: CallIdOf, one: CallIdOf, ids: ReadonlySet<string>) => {
    const wanted = new Set<string>();
    for (const query of listsOf(op)) {
      if (mayMove(query) || query.state.fetchStatus === 'fetching') {
        refetcher.request(query);
        continue;
      }
      const changed = [...loadedIds(query.state.data)].filter((id) => ids.has(id));
      if (changed.length > MAX_BY_ID || (changed.length > 0 && !query.isActive())) refetcher.request(query);
      else for (const id of changed) wanted.add(id);
    }
    for (const id of wanted) void fetchRow(op, one, id);
  };

  return {
    apply: (batch) => {
      for (const op of batch.ops) for (const query of listsOf(op)) refetcher.request(query);
      // A list that is fetched again anyway needs no patch.
      for (const [op, rows] of batch.rows) if (!batch.ops.has(op)) applyRows(op, rows);
      for (const [op, { one, ids }] of batch.updated) if (!batch.ops.has(op)) applyUpdated(op, one, ids);
      for (const [op, ids] of batch.byId) {
        for (const query of listsOf(op)) if (ids.has(idOfInput(query) ?? '')) refetcher.request(query);
      }
    },
    refresh: (which = () => true) => {
      for (const query of queries.getQueryCache().findAll({ predicate: which })) refetcher.request(query);
    },
    stop: () => {
      stopped = true;
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

/** Operations that no event announces; they are asked again after an outage. */
const UNANNOUNCED: readonly CallIdOf[] = ['get_resources', 'host_info'];

/**
 * Follows all changes and keeps the cache right until `signal` aborts. After an outage the stream goes on where it was; when
 * the history does not reach back that far, or events were lost, everything is asked again.
 */
export function followChanges(client: Client, queries: QueryClient, signal: AbortSignal): void {
  // Operations by id take the id and answer the entity; which they are, the tables of touch.ts say.
  const cache = createLiveCache(queries, (op, id) => client.call(op, { id } as never, { signal }) as Promise<Row>);
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
    cache.refresh(({ queryKey, state }) => state.status === 'error' || UNANNOUNCED.some((op) => op === queryKey[0]));
  });
  signal.addEventListener('abort', unsubscribe, { once: true });
}

import { InfiniteQueryObserver, QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Change } from '../../../contract/host/telemetry.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import { createFlusher, createLiveCache, FLUSH_MS } from './live.ts';
import { createQueryClient } from './query.ts';
import { REFETCH_MS } from './refetcher.ts';
import type { Row } from './rows.ts';
import { patchRows } from './rows.ts';
import { noTouch, type Touch, touch } from './touch.ts';

const change = (patch: Partial<Change>): Change => ({
  seq: 1,
  type: 'task.updated',
  entity: 'task',
  id: 'tsk_1',
  version: 2,
  at: '2026-11-20T10:00:00.000Z',
  data: null,
  ...patch,
});

const never = () => new Promise<never>(() => {});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a burst of changes makes at most four flushes a second, and none is lost', () => {
  const batches: Touch[] = [];
  const flusher = createFlusher((batch) => batches.push(batch));
  for (let index = 0; index < 40; index += 1) {
    flusher.push(change({ id: `tsk_${index}` }));
    vi.advanceTimersByTime(25);
  }
  vi.advanceTimersByTime(FLUSH_MS);
  expect(batches.length).toBeLessThanOrEqual(6);
  const ids = batches.flatMap((batch) => [...(batch.byId.get('tasks_get') ?? [])]);
  expect(new Set(ids).size).toBe(40);
  flusher.stop();
});

test('progress is merged into the cached list without asking the host', () => {
  const queries = new QueryClient();
  const key = ['tasks_list', { status: ['running'] }, 'pages'];
  queries.setQueryData(key, {
    pages: [
      {
        items: [
          { id: 'tsk_1', version: 3, progress: null },
          { id: 'tsk_2', version: 1 },
        ],
        next_cursor: null,
        total: 2,
      },
    ],
    pageParams: [null],
  });
  const batch = noTouch();
  touch(batch, change({ type: 'task.progress', data: { attempt: 1, percent: 40, message: 'half' } }));
  createLiveCache(queries, never).apply(batch);
  expect(queries.getQueryState(key)?.isInvalidated).toBe(false);
  expect(queries.getQueryData(key)).toMatchObject({
    pages: [{ items: [{ progress: { percent: 40, message: 'half' } }, { id: 'tsk_2' }] }],
  });
});

test('an untouched list stays the same object', () => {
  const page = { items: [{ id: 'a', version: 5 }], next_cursor: null, total: null };
  expect(patchRows(page, new Map([['b', { progress: 1 }]]))).toBe(page);
});

test('a changed task makes its own answers stale, not those of others', () => {
  const queries = new QueryClient();
  queries.setQueryData(['tasks_get', { id: 'tsk_1' }], {});
  queries.setQueryData(['tasks_get', { id: 'tsk_2' }], {});
  const batch = noTouch();
  touch(batch, change({}));
  createLiveCache(queries, never).apply(batch);
  expect(queries.getQueryState(['tasks_get', { id: 'tsk_1' }])?.isInvalidated).toBe(true);
  expect(queries.getQueryState(['tasks_get', { id: 'tsk_2' }])?.isInvalidated).toBe(false);
});

/** Members that lists sort by; all the same, so that the ids decide. */
const ROW = { created_at: '2026-11-20T10:00:00.000Z', command_name: 'a', status: 'running' };

/** A host with tasks whose versions change; every call takes 30 ms. */
function stormHost() {
  const versions = new Map(Array.from({ length: 300 }, (_, index) => [`tsk_${999 - index}`, 1]));
  const calls = { list: 0, ask: 0, asked: [] as string[], inFlight: 0, most: 0 };
  const slowly = async <T>(answer: () => T, signal?: AbortSignal): Promise<T> => {
    const snapshot = answer();
    await new Promise<void>((resolve, reject) => {
      setTimeout(resolve, 30);
      signal?.addEventListener('abort', () => reject(new Error('cancelled')));
    });
    return snapshot;
  };
  return {
    versions,
    calls,
    list: async (signal?: AbortSignal) => {
      calls.list += 1;
      calls.inFlight += 1;
      calls.most = Math.max(calls.most, calls.inFlight);
      try {
        return await slowly(
          () => ({
            items: [...versions].slice(0, 100).map(([id, version]) => ({ id, ...ROW, version })),
            next_cursor: 'after the 100th',
            total: versions.size,
          }),
          signal,
        );
      } finally {
        calls.inFlight -= 1;
      }
    },
    /** Some rows of the list, or how many there are. */
    ask: async (_op: string, { id }: Row): Promise<Page<Row>> => {
      const ids = Array.isArray(id) ? id.map(String) : [];
      calls.ask += 1;
      calls.asked.push(...ids);
      return slowly(() => ({
        items: ids.filter((one) => versions.has(one)).map((one) => ({ id: one, ...ROW, version: versions.get(one) })),
        next_cursor: null,
        total: versions.size,
      }));
    },
  };
}

test.each([
  ['updates of many rows', 'task.updated', { limit: 100 }],
  ['updates with a filter', 'task.updated', { limit: 100, status: ['running'] }],
  ['new tasks', 'task.created', { limit: 100 }],
])('2 000 events/s (%s): bounded flushes and fetches, a list that keeps up, the last state right', async (_, type, input) => {
  const host = stormHost();
  const queries = createQueryClient();
  const observer = new QueryObserver(queries, {
    queryKey: ['tasks_list', input],
    queryFn: ({ signal }) => host.list(signal),
  });
  let updates = 0;
  const unsubscribe = observer.subscribe(({ data, isFetching }) => {
    if (data !== undefined && !isFetching) updates += 1;
  });
  await vi.advanceTimersByTimeAsync(100);
  const cache = createLiveCache(queries, host.ask);
  let flushes = 0;
  const flusher = createFlusher((batch) => {
    flushes += 1;
    cache.apply(batch);
  });
  const before = { list: host.calls.list, updates };
  for (let ms = 0; ms < 5_000; ms += 1) {
    for (const index of [(ms * 2) % 300, (ms * 2 + 1) % 300]) {
      const id = `tsk_${999 - index}`;
      host.versions.set(id, (host.versions.get(id) ?? 0) + 1);
      flusher.push(change({ id, type }));
    }
    await vi.advanceTimersByTimeAsync(1);
  }
  expect(flushes).toBeLessThanOrEqual(21);
  expect(host.calls.list - before.list).toBeLessThanOrEqual(5_000 / REFETCH_MS + 1);
  expect(host.calls.ask).toBeLessThanOrEqual(2 * 21);
  expect(host.calls.most).toBe(1);
  // Updated during the storm, not only after it.
  expect(updates - before.updates).toBeGreaterThanOrEqual(5);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(observer.getCurrentResult().data?.items.map(({ version }) => version)).toEqual(
    [...host.versions.values()].slice(0, 100),
  );
  flusher.stop();
  cache.stop();
  unsubscribe();
});

test('a change of one row asks for that row, not for its list, also when it changes again meanwhile', async () => {
  const host = stormHost();
  const queries = createQueryClient();
  const observer = new QueryObserver(queries, { queryKey: ['tasks_list', { limit: 100 }], queryFn: () => host.list() });
  const unsubscribe = observer.subscribe(() => {});
  await vi.advanceTimersByTimeAsync(100);
  const cache = createLiveCache(queries, host.ask);
  const bump = (id: string) => {
    host.versions.set(id, (host.versions.get(id) ?? 0) + 1);
    const batch = noTouch();
    touch(batch, change({ id }));
    cache.apply(batch);
  };
  bump('tsk_994');
  await vi.advanceTimersByTimeAsync(10);
  bump('tsk_994');
  bump('tsk_750');
  await vi.advanceTimersByTimeAsync(1_000);
  // The other one is not loaded, and what it is sorted by never changes.
  expect(host.calls).toMatchObject({ list: 1, asked: ['tsk_994', 'tsk_994'] });
  expect(observer.getCurrentResult().data?.items[5]).toEqual({ id: 'tsk_994', ...ROW, version: 3 });
  cache.stop();
  unsubscribe();
});

// Would catch: a filter by what a task keeps for life that costs a call per change of any task.
test.each([
  ['what stays', { label: ['a'], created_after: '2026-01-01T00:00:00.000Z', limit: 100 }, []],
  ['what changes', { label: ['a'], error_code: ['timeout'], limit: 100 }, ['tsk_750']],
])('a list filtered by %s, and a changed task that is not loaded', async (_, input, asked) => {
  const host = stormHost();
  const queries = createQueryClient();
  const observer = new QueryObserver(queries, { queryKey: ['tasks_list', input], queryFn: () => host.list() });
  const unsubscribe = observer.subscribe(() => {});
  await vi.advanceTimersByTimeAsync(100);
  const cache = createLiveCache(queries, host.ask);
  const batch = noTouch();
  touch(batch, change({ id: 'tsk_750' }));
  cache.apply(batch);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(host.calls).toMatchObject({ list: 1, asked });
  cache.stop();
  unsubscribe();
});

test('an answer that left the host before a change does not stay: the row is asked for once more', async () => {
  const host = stormHost();
  const queries = createQueryClient();
  const observer = new QueryObserver(queries, { queryKey: ['tasks_list', { limit: 100 }], queryFn: () => host.list() });
  const unsubscribe = observer.subscribe(() => {});
  await vi.advanceTimersByTimeAsync(10);
  const cache = createLiveCache(queries, host.ask);
  host.versions.set('tsk_994', 2);
  const batch = noTouch();
  touch(batch, change({ id: 'tsk_994' }));
  cache.apply(batch);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(observer.getCurrentResult().data?.items[5]?.version).toBe(2);
  cache.stop();
  unsubscribe();
});

test('loading the next page cancels a refetch only for a while', async () => {
  const queries = createQueryClient();
  let version = 1;
  const observer = new InfiniteQueryObserver(queries, {
    queryKey: ['tasks_list', {}, 'pages'],
    queryFn: async ({ pageParam, signal }) => {
      const items = [{ id: `tsk_${pageParam}`, version }];
      await new Promise<void>((resolve, reject) => {
        setTimeout(resolve, 30);
        signal.addEventListener('abort', () => reject(new Error('cancelled')));
      });
      return { items, next_cursor: null, total: null };
    },
    initialPageParam: 0,
    getNextPageParam: (_last, all) => all.length,
  });
  const unsubscribe = observer.subscribe(() => {});
  await vi.advanceTimersByTimeAsync(100);
  const cache = createLiveCache(queries, never);
  version = 2;
  cache.refresh();
  await vi.advanceTimersByTimeAsync(10);
  void observer.fetchNextPage();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(observer.getCurrentResult().data?.pages.map(({ items }) => items[0]?.version)).toEqual([2, 2]);
  cache.stop();
  unsubscribe();
});

// Catches an icon of the last run that shows an earlier one, that stays as it was when the list was loaded, or that costs a question.
test('commands and profiles tell of their newest task as it changes; an older one changes nothing', () => {
  const queries = new QueryClient();
  const rows = (last: string | null) => ({
    items: [
      { id: 'cmd_1', last_task: last === null ? null : { id: last, status: 'queued', at: '' } },
      { id: 'cmd_2', last_task: null },
    ],
    next_cursor: null,
    total: null,
  });
  const apply = (...changes: Partial<Change>[]) => {
    const batch = noTouch();
    for (const one of changes) touch(batch, change(one));
    createLiveCache(queries, never).apply(batch);
    return queries
      .getQueryData<ReturnType<typeof rows>>(['commands_list', {}])
      ?.items.map(({ last_task }) => last_task?.status ?? null);
  };
  const ids = { a: `tsk_${'0'.repeat(25)}a`, b: `tsk_${'0'.repeat(25)}b` };
  queries.setQueryData(['commands_list', {}], rows(null));
  const told = (id: string, status: string, command_id = 'cmd_1') => ({
    id,
    data: { status, command_id, profile_id: null },
  });
  expect(apply({ ...told(ids.b, 'queued'), type: 'task.created' })).toEqual(['queued', null]);
  expect(apply(told(ids.b, 'running'), told(ids.a, 'failed'))).toEqual(['running', null]);
  expect(apply(told(ids.a, 'cancelled'))).toEqual(['running', null]);
  expect(apply(told(ids.b, 'succeeded'), told(ids.a, 'running', 'cmd_2'))).toEqual(['succeeded', 'running']);
  expect(queries.getQueryState(['commands_list', {}])?.isInvalidated).toBe(false);
});

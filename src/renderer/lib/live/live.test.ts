import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Change } from '../../../contract/host/telemetry.ts';
import { applyTouch, createFlusher, FLUSH_MS, patchRows } from './live.ts';
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

test('a step concerns its task only: no list is asked again for it', () => {
  const batch = noTouch();
  touch(batch, change({ type: 'task.step' }));
  expect(batch.ops.size).toBe(0);
  expect([...(batch.byId.get('tasks_get') ?? [])]).toEqual(['tsk_1']);
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
  applyTouch(queries, batch);
  expect(queries.getQueryState(key)?.isInvalidated).toBe(false);
  expect(queries.getQueryData(key)).toMatchObject({
    pages: [{ items: [{ progress: { percent: 40, message: 'half' } }, { id: 'tsk_2' }] }],
  });
});

test('a row never goes back to an older version, and an untouched list stays the same object', () => {
  const page = { items: [{ id: 'a', version: 5, name: 'new' }], next_cursor: null, total: null };
  expect(patchRows(page, new Map([['a', { id: 'a', version: 4, name: 'old' }]]))).toBe(page);
  expect(patchRows(page, new Map([['b', { id: 'b', version: 9 }]]))).toBe(page);
});

test('a changed task makes its own answers stale, not those of others', () => {
  const queries = new QueryClient();
  queries.setQueryData(['tasks_get', { id: 'tsk_1' }], {});
  queries.setQueryData(['tasks_get', { id: 'tsk_2' }], {});
  const batch = noTouch();
  touch(batch, change({}));
  applyTouch(queries, batch);
  expect(queries.getQueryState(['tasks_get', { id: 'tsk_1' }])?.isInvalidated).toBe(true);
  expect(queries.getQueryState(['tasks_get', { id: 'tsk_2' }])?.isInvalidated).toBe(false);
});

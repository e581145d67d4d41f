import { QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Page } from '../../../contract/kernel/paging.ts';
import { createLiveCache } from './live.ts';
import { createQueryClient } from './query.ts';
import type { Row } from './rows.ts';
import { noTouch, touch } from './touch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

// Would catch: a list that offers more rows for ever, because the last row behind its page was removed.
test('a page behind which the last row is removed says that nothing follows', async () => {
  const ROW = { created_at: '2026-11-20T10:00:00.000Z', status: 'running' };
  const ids = ['tsk_3', 'tsk_2', 'tsk_1'];
  const answer = (found: readonly string[], limit: number): Page<Row> => ({
    items: found.slice(0, limit).map((id) => ({ id, ...ROW })),
    next_cursor: found.length > limit ? 'next' : null,
    total: found.length,
  });
  const queries = createQueryClient();
  const input = { limit: 2, count: true, status: ['running'] };
  const observer = new QueryObserver(queries, {
    queryKey: ['tasks_list', input],
    queryFn: async () => answer(ids, 2),
  });
  const unsubscribe = observer.subscribe(() => {});
  await vi.advanceTimersByTimeAsync(100);
  expect(observer.getCurrentResult().data).toMatchObject({ next_cursor: 'next', total: 3 });
  const cache = createLiveCache(queries, async (_op, { id, limit }) =>
    answer(Array.isArray(id) ? ids.filter((one) => id.includes(one)) : ids, Number(limit)),
  );
  ids.pop();
  const batch = noTouch();
  touch(batch, {
    ...{ seq: 1, type: 'task.deleted', entity: 'task', id: 'tsk_1', version: null, data: null },
    at: '2026-11-20T10:00:01.000Z',
  });
  cache.apply(batch);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(observer.getCurrentResult().data).toMatchObject({ items: [{}, {}], next_cursor: null, total: 2 });
  cache.stop();
  unsubscribe();
});

import { expect, test } from 'vitest';
import type { Client, StreamOptions } from '../../../contract/client/client-types.ts';
import type { MetricItem, MetricPoint } from '../../../contract/host/metrics.ts';
import { createChartCursor, indexNear } from '../../ui/chart/cursor.ts';
import { createMetricsFeed, withPoint } from './metrics-feed.ts';
import { frameOf } from './metrics-frame.ts';

const point = (at: number, patch: Partial<MetricPoint> = {}): MetricPoint => ({
  at,
  span_ms: 1_000,
  host_cpu: 1,
  host_rss_bytes: 100 * 1024 ** 2,
  machine_cpu: 2,
  machine_memory_bytes: 1024 ** 3,
  loop_delay_ms: null,
  tasks_running: 0,
  tasks_waiting: 0,
  tasks_succeeded: 0,
  tasks_failed: 0,
  calls: 0,
  calls_failed: 0,
  log_entries: 0,
  log_dropped: 0,
  ...patch,
});

test('points of ten seconds and of one give the same rates, and ended tasks are counted over a minute, not per point', () => {
  const old = [1, 2, 3].map((n) => point(n * 10_000, { span_ms: 10_000, calls: 20, tasks_succeeded: 1 }));
  const fresh = Array.from({ length: 60 }, (_, n) =>
    point(31_000 + n * 1_000, { calls: 2, tasks_succeeded: n === 0 ? 1 : 0 }),
  );
  const { times, columns } = frameOf([...old, ...fresh], 3_600);
  expect(times).toHaveLength(63);
  expect(new Set(columns.calls)).toEqual(new Set([2]));
  expect(columns.succeeded.slice(0, 4)).toEqual([1, 2, 3, 4]);
  expect(columns.succeeded.at(-1), 'what is a minute old has left').toBe(1);
  expect(columns.host_memory[0]).toBe(100);
});

test('a range shows its seconds, with what ended before them still in the first minute', () => {
  const points = Array.from({ length: 400 }, (_, n) => point((n + 1) * 1_000, { tasks_failed: 1 }));
  const { times, columns } = frameOf(points, 300);
  expect([times[0], times.at(-1)]).toEqual([100, 400]);
  expect(columns.failed[0]).toBe(60);
});

test('time in which the host was away breaks the lines instead of being drawn as a slope', () => {
  const { times, columns } = frameOf([point(10_000), point(90_000)], 300);
  expect(times).toEqual([10, 89, 90]);
  expect(columns.host_cpu).toEqual([1, null, 1]);
});

test('an hour is kept, and a clock that was set back gives no moment twice: uPlot needs rising times', () => {
  const kept = withPoint([point(1_000), point(3_500_000), point(3_600_500)], point(3_601_000));
  expect(kept.map(({ at }) => at)).toEqual([3_500_000, 3_600_500, 3_601_000]);
  expect(withPoint(kept, point(3_600_000)).map(({ at }) => at)).toEqual([3_500_000, 3_600_000]);
});

test('the nearest moment is found at and beyond both ends and between two', () => {
  const times = [10, 20, 21, 30];
  expect([-5, 10, 14, 16, 20.4, 20.6, 26, 99].map((at) => indexNear(times, at))).toEqual([0, 0, 0, 1, 1, 2, 3, 3]);
  expect(indexNear([], 5)).toBe(-1);
});

test('the cursor tells those who draw only when it moves', () => {
  const cursor = createChartCursor();
  let moves = 0;
  const stop = cursor.subscribe(() => {
    moves += 1;
  });
  for (const at of [1, 1, 2, null, null]) cursor.set(at);
  expect(moves).toBe(3);
  stop();
  cursor.set(5);
  expect(moves).toBe(3);
});

/** A client of which only streams are used, and a page that can be hidden. */
function subject() {
  const streams: StreamOptions<MetricItem>[] = [];
  const client = {
    stream: (_op: string, _input: unknown, options: StreamOptions<MetricItem>) => void streams.push(options),
  } as unknown as Client;
  const page = Object.assign(new EventTarget(), { hidden: false });
  const feed = createMetricsFeed(client, page as unknown as Document);
  const show = (visible: boolean) => {
    page.hidden = !visible;
    page.dispatchEvent(new Event('visibilitychange'));
  };
  return { feed, streams, show };
}
const history = (...points: MetricPoint[]): MetricItem => ({ type: 'history', machine_memory_total_bytes: 8, points });

test('a hidden window follows nothing, a visible one again, a closed screen never', () => {
  const { feed, streams, show } = subject();
  const stop = feed.start();
  streams[0]?.onItem(history(point(1_000)));
  streams[0]?.onItem({ type: 'point', point: point(2_000) });
  expect(feed.state()).toMatchObject({ loading: false, memoryTotal: 8, points: [{ at: 1_000 }, { at: 2_000 }] });
  show(false);
  expect(streams.map(({ signal }) => signal.aborted)).toEqual([true]);
  show(true);
  expect(streams.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  stop();
  show(true);
  expect(streams.map(({ signal }) => signal.aborted)).toEqual([true, true]);
});

test('after an outage nothing is there twice, and what a host that was started anew does not know stays', () => {
  const { feed, streams } = subject();
  feed.start();
  streams[0]?.onItem(history(point(1_000), point(2_000)));
  streams[0]?.onItem(history(point(2_000), point(3_000)));
  expect(feed.state().points.map(({ at }) => at)).toEqual([1_000, 2_000, 3_000]);
  streams[0]?.onItem(history());
  streams[0]?.onItem({ type: 'point', point: point(9_000) });
  expect(feed.state().points.map(({ at }) => at)).toEqual([1_000, 2_000, 3_000, 9_000]);
});

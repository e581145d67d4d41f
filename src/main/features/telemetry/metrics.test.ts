import { expect, test } from 'vitest';
import { type ManualClock, manualClock, memoryLog } from '../../../../tests/support/core.ts';
import type { MetricItem, MetricPoint } from '../../../contract/host/metrics.ts';
import { createMetricsHistory } from './metrics-history.ts';
import { createProbe, type Probe, ticksOf } from './metrics-probe.ts';
import { createMetricsSampler, type WorkReading } from './metrics-sampler.ts';

const point = (at: number, patch: Partial<MetricPoint> = {}): MetricPoint => ({
  at,
  span_ms: 1_000,
  host_cpu: 0,
  host_rss_bytes: 1,
  machine_cpu: 0,
  machine_memory_bytes: 1,
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

/** A sampler whose readings a test sets, on a clock that a test moves. */
function subject() {
  const clock = manualClock();
  const pending = new Set<() => void>();
  const counted: ManualClock = {
    ...clock,
    schedule(fn, delay) {
      const cancel = clock.schedule(() => {
        pending.delete(stop);
        fn();
      }, delay);
      const stop = () => {
        pending.delete(stop);
        cancel();
      };
      pending.add(stop);
      return stop;
    },
  };
  const watched: (boolean | 'stopped')[] = [];
  const machine = { host_cpu_ms: 0, host_rss_bytes: 50, machine_busy: 0, machine_total: 0, machine_memory_bytes: 7 };
  const work: WorkReading = {
    tasks_running: 0,
    tasks_waiting: 0,
    tasks_succeeded: 0,
    tasks_failed: 0,
    calls: 0,
    calls_failed: 0,
    log_entries: 0,
    log_dropped: 0,
  };
  let reads = 0;
  let broken = false;
  const probe: Probe = {
    read() {
      reads += 1;
      if (broken) throw new Error('busy');
      return { ...machine };
    },
    loopDelay: () => 1,
    watch: (closely) => void watched.push(closely),
    stop: () => void watched.push('stopped'),
  };
  const log = memoryLog();
  const sampler = createMetricsSampler({ clock: counted, log, probe, work: () => ({ ...work }), memoryTotal: 9 });
  return {
    ...{ clock, sampler, machine, work, watched, pending, log },
    reads: () => reads,
    breakDown: (value: boolean) => {
      broken = value;
    },
    follow() {
      const abort = new AbortController();
      const items = sampler.follow(abort.signal);
      const next = async () => (await items.next()).value as MetricItem;
      return { next, items, abort: () => abort.abort() };
    },
  };
}

const nextPoint = async (follower: { next(): Promise<MetricItem> }) => {
  const item = await follower.next();
  if (item.type !== 'point') throw new Error('not a point');
  return item.point;
};

test('a point a second only while a reader follows: a host at rest reads six times a minute', async () => {
  const { clock, sampler, reads, follow, watched, pending } = subject();
  sampler.start();
  expect(reads(), 'starting reads nothing').toBe(0);
  clock.advance(2_000);
  clock.advance(60_000);
  expect(reads()).toBe(7);
  const [one, other] = [follow(), follow()];
  const first = await one.next();
  expect(first).toMatchObject({ type: 'history', machine_memory_total_bytes: 9 });
  expect(first.type === 'history' && first.points).toHaveLength(6);
  await other.next();
  expect(pending.size, 'all followers share one timer').toBe(1);
  clock.advance(5_000);
  expect(reads()).toBe(12);
  for (let n = 0; n < 5; n++) expect((await nextPoint(one)).span_ms).toBe(1_000);
  one.abort();
  expect((await one.items.next()).done).toBe(true);
  clock.advance(5_000);
  expect(reads(), 'the other still follows').toBe(17);
  other.abort();
  while (!(await other.items.next()).done);
  clock.advance(60_000);
  expect(reads()).toBe(23);
  expect(watched).toEqual([false, true, false]);
});

test('counters become what happened since the point before, loads what share of the time they are', async () => {
  const { clock, sampler, machine, work, follow } = subject();
  Object.assign(machine, { host_cpu_ms: 400, machine_busy: 1_000, machine_total: 2_000 });
  Object.assign(work, { tasks_succeeded: 40, calls: 900, log_entries: 70 });
  sampler.start();
  clock.advance(2_000);
  const follower = follow();
  await follower.next();
  Object.assign(machine, { host_cpu_ms: 650, machine_busy: 1_050, machine_total: 2_200 });
  Object.assign(work, {
    tasks_succeeded: 43,
    tasks_failed: 1,
    calls: 910,
    calls_failed: 2,
    log_entries: 75,
    tasks_running: 3,
  });
  clock.advance(1_000);
  expect(await nextPoint(follower)).toMatchObject({
    host_cpu: 25,
    machine_cpu: 25,
    tasks_succeeded: 3,
    tasks_failed: 1,
    tasks_running: 3,
    calls: 10,
    calls_failed: 2,
    log_entries: 5,
  });
  clock.advance(1_000);
  expect(await nextPoint(follower)).toMatchObject({ host_cpu: 0, tasks_succeeded: 0, tasks_running: 3, calls: 0 });
  follower.abort();
});

test('a reading that fails costs one point, not the host, and is told once', async () => {
  const { clock, sampler, work, breakDown, follow, log } = subject();
  sampler.start();
  clock.advance(2_000);
  breakDown(true);
  clock.advance(30_000);
  expect(log.lines).toHaveLength(1);
  breakDown(false);
  work.calls = 5;
  clock.advance(10_000);
  const first = await follow().next();
  expect(first.type === 'history' && first.points).toMatchObject([{ span_ms: 40_000, calls: 5 }]);
});

test('after a stop no timer is left, nothing is measured, and followers end', async () => {
  const { clock, sampler, follow, pending, watched, reads } = subject();
  sampler.start();
  clock.advance(2_000);
  const follower = follow();
  await follower.next();
  const ending = follower.items.next();
  sampler.stop();
  expect((await ending).done).toBe(true);
  expect(pending.size).toBe(0);
  expect(watched.at(-1)).toBe('stopped');
  const before = reads();
  clock.advance(3_600_000);
  expect(reads()).toBe(before);
  const late = follow();
  expect((await late.next()).type).toBe('history');
  expect((await late.items.next()).done).toBe(true);
});

test('a reader that never reads holds a bounded number of points', async () => {
  const { clock, sampler, follow } = subject();
  sampler.start();
  clock.advance(2_000);
  const follower = follow();
  await follower.next();
  clock.advance(7_200_000);
  const abort = setImmediate(() => follower.abort());
  let count = 0;
  for await (const _item of follower.items) count += 1;
  clearImmediate(abort);
  expect(count).toBeGreaterThan(250);
  expect(count).toBeLessThan(320);
});

test('an hour is kept, folded to ten seconds where it is old, and nothing that was counted is lost', () => {
  const history = createMetricsHistory();
  for (let second = 1; second <= 3_500; second++) {
    history.push(point(second * 1_000, { calls: 2, host_cpu: 30, loop_delay_ms: second === 1_234 ? 80 : 1 }));
  }
  const points = history.all();
  expect(points.reduce((sum, each) => sum + each.calls, 0)).toBe(7_000);
  expect(points.length).toBeLessThan(640);
  expect(points[0]).toMatchObject({ at: 10_000, span_ms: 10_000, calls: 20, host_cpu: 30 });
  expect(points.find(({ loop_delay_ms: delay }) => delay === 80)).toMatchObject({ span_ms: 10_000 });
  expect(points.slice(-300).every(({ span_ms: span }) => span === 1_000)).toBe(true);
  for (let second = 3_501; second <= 20_000; second++) history.push(point(second * 1_000));
  expect(history.all().length).toBeLessThan(680);
  expect(history.all()[0]?.at).toBeGreaterThanOrEqual(20_000_000 - 3_600_000);
});

test('points of ten seconds stay as they are, and a clock that is set back shows no moment twice', () => {
  const history = createMetricsHistory();
  for (let n = 1; n <= 100; n++) history.push(point(n * 10_003, { span_ms: 10_003 }));
  expect(history.all()).toHaveLength(100);
  history.push(point(500_000));
  const times = history.all().map(({ at }) => at);
  expect(times.at(-1)).toBe(500_000);
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
});

test('the real probe reads this process and this machine, and notices a blocked event loop', async () => {
  expect(ticksOf('cpu  10 0 20 60 10 0 0 0 5 5\ncpu0 1 2 3\n')).toEqual({ machine_busy: 30, machine_total: 100 });
  const probe = createProbe();
  const earlier = process.cpuUsage();
  const before = probe.read();
  expect(before.host_rss_bytes).toBeGreaterThan(10_000_000);
  expect(before.machine_memory_bytes).toBeGreaterThan(10_000_000);
  expect(probe.loopDelay()).toBeNull();
  probe.watch(true);
  // A look that has begun when the loop is blocked comes late; until the first has begun there is nothing to notice.
  let worst = 0;
  while (worst < 80) {
    const until = performance.now() + 150;
    while (performance.now() < until);
    await new Promise((resolve) => setImmediate(resolve));
    worst = Math.max(worst, probe.loopDelay() ?? 0);
  }
  const after = probe.read();
  const spent = process.cpuUsage(earlier);
  const told = (after.host_cpu_ms - before.host_cpu_ms) / ((spent.user + spent.system) / 1_000);
  expect(told).toBeGreaterThan(0.5);
  expect(told).toBeLessThanOrEqual(1);
  expect(after.machine_total).toBeGreaterThan(before.machine_total);
  probe.stop();
  expect(probe.loopDelay()).toBeNull();
});

/** Takes samples: one every ten seconds always, one a second while there are followers. All followers share one timer. */
import type { MetricItem, MetricPoint } from '../../../contract/host/metrics.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/log/logger.ts';
import { createWakeup } from '../../core/scheduling/wakeup.ts';
import { COARSE_MS, createMetricsHistory, tenth } from './metrics-history.ts';
import type { Probe, ProbeReading } from './metrics-probe.ts';

const FOLLOWED_MS = 1_000;
/** The first reading waits until the host has had time for those who waited for it, ms. */
const FIRST_MS = 2_000;

/** What the host does. `tasks_running` and `tasks_waiting` are as now, the others count since the start. */
export type WorkReading = Pick<
  MetricPoint,
  | 'tasks_running'
  | 'tasks_waiting'
  | 'tasks_succeeded'
  | 'tasks_failed'
  | 'calls'
  | 'calls_failed'
  | 'log_entries'
  | 'log_dropped'
>;

type Reading = ProbeReading & WorkReading;

export interface MetricsSampler {
  start(): void;
  /** No more points; followers end. */
  stop(): void;
  /** What is kept, then each new point. Pulled: a slow reader holds nothing but its place. */
  follow(signal: AbortSignal): AsyncGenerator<MetricItem>;
}

/** The point between two readings. */
export function pointOf(
  before: Reading,
  after: Reading,
  time: { at: number; span_ms: number; loop_delay_ms: number | null },
): MetricPoint {
  const since = (member: keyof Reading) => Math.max(0, after[member] - before[member]);
  const ticks = since('machine_total');
  return {
    ...time,
    host_cpu: tenth((since('host_cpu_ms') / Math.max(1, time.span_ms)) * 100),
    host_rss_bytes: after.host_rss_bytes,
    machine_cpu: ticks === 0 ? 0 : tenth(Math.min(1, since('machine_busy') / ticks) * 100),
    machine_memory_bytes: after.machine_memory_bytes,
    tasks_running: after.tasks_running,
    tasks_waiting: after.tasks_waiting,
    tasks_succeeded: since('tasks_succeeded'),
    tasks_failed: since('tasks_failed'),
    calls: since('calls'),
    calls_failed: since('calls_failed'),
    log_entries: since('log_entries'),
    log_dropped: since('log_dropped'),
  };
}

/** Reads figures; each reading but the first makes a point with the one before. */
function createReadings(clock: Clock, probe: Probe, work: () => WorkReading) {
  let last: { reading: Reading; at: number } | null = null;
  return {
    /** Time since the last reading, ms; null before the first. */
    age: () => (last === null ? null : clock.monotonic() - last.at),
    take(): MetricPoint | null {
      const before = last;
      const at = clock.monotonic();
      last = { reading: { ...probe.read(), ...work() }, at };
      if (before === null) return null;
      const time = { at: clock.now(), span_ms: Math.round(at - before.at), loop_delay_ms: probe.loopDelay() };
      return pointOf(before.reading, last.reading, time);
    },
  };
}

interface SamplerDeps {
  clock: Clock;
  log: Logger;
  probe: Probe;
  work: () => WorkReading;
  /** Memory of the machine, bytes. */
  memoryTotal: number;
}

/** Creates the sampler; nothing is read before `start`. */
export function createMetricsSampler(deps: SamplerDeps): MetricsSampler {
  const { clock, log, probe, work } = deps;
  const readings = createReadings(clock, probe, work);
  const history = createMetricsHistory();
  const followers = new Set<() => void>();
  let state: 'new' | 'running' | 'stopped' = 'new';
  let cancel: (() => void) | null = null;
  let failed = false;

  function tick(): void {
    let wait = followers.size > 0 ? FOLLOWED_MS : COARSE_MS;
    try {
      if (readings.age() === null) probe.watch(followers.size > 0);
      const point = readings.take();
      if (point !== null) history.push(point);
      failed = false;
      for (const wake of followers) wake();
    } catch (error) {
      // Such as a database that is busy for too long: the next point covers this time too.
      if (!failed) log.warn('metrics', 'figures could not be read', { error });
      failed = true;
      wait = COARSE_MS;
    }
    cancel = clock.schedule(tick, wait);
  }

  /** Called when the first follower has come or the last has gone. */
  function changePace(): void {
    if (state !== 'running') return;
    cancel?.();
    const age = readings.age();
    if (followers.size > 0 && (age ?? FOLLOWED_MS) >= FOLLOWED_MS) tick();
    else cancel = clock.schedule(tick, (followers.size > 0 ? FOLLOWED_MS : COARSE_MS) - (age ?? 0));
    probe.watch(followers.size > 0);
  }

  return {
    start() {
      if (state !== 'new') return;
      state = 'running';
      cancel = clock.schedule(tick, FIRST_MS);
      if (followers.size > 0) changePace();
    },
    stop() {
      state = 'stopped';
      cancel?.();
      probe.stop();
      for (const wake of followers) wake();
    },
    async *follow(signal) {
      const news = createWakeup(signal);
      followers.add(news.notify);
      if (followers.size === 1) changePace();
      try {
        let seen = history.head();
        yield { type: 'history', machine_memory_total_bytes: deps.memoryTotal, points: history.all() };
        while (!signal.aborted && state !== 'stopped') {
          const fresh = history.after(seen);
          seen = history.head();
          for (const point of fresh) {
            yield { type: 'point', point };
            if (signal.aborted) return;
          }
          await news.wait();
        }
      } finally {
        followers.delete(news.notify);
        news.dispose();
        if (followers.size === 0) changePace();
      }
    },
  };
}

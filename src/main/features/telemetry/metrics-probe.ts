/** What this process and this machine use, read without waiting: one reading takes about a tenth of a millisecond. */
import fs from 'node:fs';
import os from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { tenth } from './metrics-history.ts';

/** Resolution of the event-loop monitor, ms: with followers, and without. */
const WATCHED_MS = 20;
const UNWATCHED_MS = 100;

/** One reading. Processor times only mean something as differences. */
export interface ProbeReading {
  /** Processor time of this process, ms. */
  host_cpu_ms: number;
  host_rss_bytes: number;
  /** Time of all cores together, in units of the system's own. */
  machine_busy: number;
  machine_total: number;
  machine_memory_bytes: number;
}

/** Reads, and measures the event loop between {@link Probe.watch} and {@link Probe.stop}. */
export interface Probe {
  read(): ProbeReading;
  /** 99th percentile of how late the event loop was since the last time this was asked, ms; null when nothing was measured. */
  loopDelay(): number | null;
  /** Restarts the event-loop monitor, at the finer resolution when there are followers. Earlier measurements are dropped. */
  watch(closely: boolean): void;
  stop(): void;
}

type Ticks = Pick<ProbeReading, 'machine_busy' | 'machine_total'>;

/**
 * First line of Linux' /proc/stat (`man 5 proc_stat`): user nice system idle iowait irq softirq steal, in ticks.
 * `os.cpus()` gives the same but asks each core for its frequency, which takes long on machines with many.
 */
export function ticksOf(stat: string): Ticks {
  const [, ...columns] = stat.slice(0, stat.indexOf('\n')).split(/\s+/);
  const ticks = columns.slice(0, 8).map(Number);
  const machine_total = ticks.reduce((sum, value) => sum + value, 0);
  return { machine_busy: machine_total - (ticks[3] ?? 0) - (ticks[4] ?? 0), machine_total };
}

/** Ticks of all cores since the start of the machine. */
export function machineTicks(): Ticks {
  if (process.platform === 'linux') return ticksOf(fs.readFileSync('/proc/stat', 'latin1'));
  let [machine_busy, machine_total] = [0, 0];
  for (const { times } of os.cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq;
    machine_busy += busy;
    machine_total += busy + times.idle;
  }
  return { machine_busy, machine_total };
}

/** Creates the probe; it measures nothing yet. */
export function createProbe(): Probe {
  let histogram: ReturnType<typeof monitorEventLoopDelay> | null = null;
  let resolution = WATCHED_MS;
  const stop = () => {
    histogram?.disable();
    histogram = null;
  };
  return {
    read() {
      const { user, system } = process.cpuUsage();
      return {
        host_cpu_ms: (user + system) / 1000,
        host_rss_bytes: process.memoryUsage.rss(),
        ...machineTicks(),
        machine_memory_bytes: os.totalmem() - os.freemem(),
      };
    },
    loopDelay() {
      if (histogram === null || histogram.count === 0) return null;
      // It holds the time between two looks, of which the resolution was wanted.
      const late = tenth(Math.max(0, histogram.percentile(99) / 1e6 - resolution));
      histogram.reset();
      return late;
    },
    watch(closely) {
      stop();
      resolution = closely ? WATCHED_MS : UNWATCHED_MS;
      histogram = monitorEventLoopDelay({ resolution });
      histogram.enable();
    },
    stop,
  };
}

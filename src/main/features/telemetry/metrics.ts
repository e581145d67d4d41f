/** Figures over time: the sampler over this process, this machine, the queue, the doors and the log. */
import os from 'node:os';
import type { Clock } from '../../core/clock.ts';
import type { Events } from '../../core/events.ts';
import type { LogFiles } from '../../core/log/log-files.ts';
import type { Logger } from '../../core/log/logger.ts';
import { createProbe } from './metrics-probe.ts';
import { createMetricsSampler, type MetricsSampler, type WorkReading } from './metrics-sampler.ts';

/** Figures of other parts of the host; each is asked once a point, so none may take long. */
export interface Figures {
  /** Tasks by state. */
  tasks(): Iterable<{ status: string; count: number }>;
  /** Calls since the start. */
  calls(): { calls: number; failed: number };
}

/** Creates the sampler; nothing is read before `start`. */
export function createMetrics(deps: {
  clock: Clock;
  events: Events;
  log: Logger;
  logFiles: Pick<LogFiles, 'nextId' | 'dropped'>;
  figures: Figures;
}): MetricsSampler {
  const { figures, logFiles } = deps;
  const ended = { succeeded: 0, failed: 0 };
  const unsubscribe = deps.events.subscribe((changes) => {
    for (const { type, data } of changes) {
      if (type !== 'task.ended' || typeof data !== 'object' || data === null || Array.isArray(data)) continue;
      if (data.status === 'succeeded') ended.succeeded += 1;
      else if (data.status !== 'cancelled') ended.failed += 1;
    }
  });

  function work(): WorkReading {
    let [running, waiting] = [0, 0];
    for (const { status, count } of figures.tasks()) {
      // A task that waits for something has its place among the running ones, as in the queue's own figures.
      if (status === 'running' || status === 'waiting') running += count;
      else if (status === 'queued') waiting += count;
    }
    const { calls, failed } = figures.calls();
    return {
      tasks_running: running,
      tasks_waiting: waiting,
      tasks_succeeded: ended.succeeded,
      tasks_failed: ended.failed,
      calls,
      calls_failed: failed,
      log_entries: logFiles.nextId(),
      log_dropped: logFiles.dropped(),
    };
  }

  const sampler = createMetricsSampler({ ...deps, probe: createProbe(), work, memoryTotal: os.totalmem() });
  return {
    ...sampler,
    stop() {
      sampler.stop();
      unsubscribe();
    },
  };
}

/** The queue in a few words, for the tray. */
import type { Queue } from '../../../contract/automation/queue.ts';

/** Counts that the tray shows. */
export interface QueueSummary {
  running: number;
  /** Tasks that will start, now or later, and those that wait for a person or an event. */
  waiting: number;
  /** Kept tasks that ended without success, other than by cancelling. */
  failed: number;
  paused: boolean;
}

/** Sums the states of tasks up. */
export function summarize(queue: Queue): QueueSummary {
  const sum = (...states: (keyof Queue['counts'])[]) =>
    states.reduce((total, state) => total + (queue.counts[state] ?? 0), 0);
  return {
    running: sum('running'),
    waiting: sum('scheduled', 'queued', 'retrying', 'waiting'),
    failed: sum('failed', 'timed_out', 'interrupted', 'dead'),
    paused: queue.paused,
  };
}

/** One line, for example `2 running · 5 waiting · 1 failed`. */
export function summaryText(summary: QueueSummary): string {
  return `${summary.running} running · ${summary.waiting} waiting · ${summary.failed} failed`;
}

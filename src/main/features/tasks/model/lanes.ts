/** Priorities as the queue sees them. */

import { PRIORITIES, type Priority } from '../../../../contract/automation/tasks.ts';
import type { Settings } from '../../../../contract/host/settings.ts';

const HOUR_MS = 3_600_000;

/**
 * Handicap of each lane, ms: a task is ranked by due time plus this, so a waiting task ages past newer ones of faster lanes and
 * the slowest lane waits at most 24 h longer than it would without the others.
 */
const HANDICAP_MS: Record<Priority, number> = { urgent: 0, normal: HOUR_MS, low: 6 * HOUR_MS, batch: 24 * HOUR_MS };

/** Index of a lane in the database, 0 the most urgent. */
export function laneOf(priority: Priority): number {
  return PRIORITIES.indexOf(priority);
}

/** Lane by its index. */
export function priorityOf(lane: number): Priority {
  return PRIORITIES[lane] ?? 'batch';
}

/** Place in the queue: lower comes first. */
export function rankOf(lane: number, dueAt: number): number {
  return dueAt + HANDICAP_MS[priorityOf(lane)];
}

/** How much the computer is in use by people. */
export type Activity = 'high' | 'low' | 'sleep';

/** Slowest lane that may start: high starts urgent only, low all but batch, sleep all. */
export function slowestLane(activity: Activity): number {
  const slowest: Record<Activity, Priority> = { high: 'urgent', low: 'low', sleep: 'batch' };
  return laneOf(slowest[activity]);
}

/** Activity in force: `auto` spares the battery and is otherwise free to start everything. */
export function activityInForce(setting: Settings['executor.activity'], onBattery: boolean): Activity {
  if (setting !== 'auto') return setting;
  return onBattery ? 'low' : 'sleep';
}

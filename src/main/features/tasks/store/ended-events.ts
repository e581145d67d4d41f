/** What the end of a task leaves in the event table and in the statistics. */
import type { TaskStatus } from '../../../../contract/automation/tasks.ts';
import type { Problem } from '../../../../contract/kernel/errors.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Db } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';
import { hourKeys } from '../model/hours.ts';
import { problemJson } from '../model/problems.ts';
import { changed, type Moved } from './change-events.ts';

const HOUR_MS = 3_600_000;

/**
 * Appends the last events of a task and counts its outcome; inside the transaction that ends it.
 * @param reason why, for the change of state
 */
export type AppendEnded = (row: Moved, status: TaskStatus, error: Problem | null, reason?: Json) => void;

/** Prepares the statements once. */
export function createEndedEvents({ raw }: Db, events: Events, clock: Clock): AppendEnded {
  /** One statement for one, two or three counters. */
  const countHours = ['(?, ?, 1, ?)', '(?, ?, 1, ?), (?, ?, 1, ?)', '(?, ?, 1, ?), (?, ?, 1, ?), (?, ?, 1, ?)'].map(
    (rows) =>
      raw.prepare<(string | number)[]>(
        `INSERT INTO task_hour (hour, key, n, last_task_id) VALUES ${rows}
       ON CONFLICT (hour, key) DO UPDATE SET n = n + 1, last_task_id = excluded.last_task_id`,
      ),
  );

  return (row, status, error, reason) => {
    const now = clock.now();
    const duration = row.started_at === null ? null : now - row.started_at;
    const data = { status, duration_ms: duration, error: problemJson(error) };
    events.append(changed(row, status, reason), {
      ...{ type: 'task.ended', entity: 'task', id: row.id, version: row.version },
      data,
    });
    const keys = hourKeys(status, duration, error?.code ?? null);
    countHours[keys.length - 1]?.run(...keys.flatMap((key) => [Math.floor(now / HOUR_MS), key, row.id]));
  };
}

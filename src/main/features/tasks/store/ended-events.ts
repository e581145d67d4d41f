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

/** One end, as a counter counts it. */
interface Counted {
  hour: number;
  key: string;
  taskId: string;
}

/** Prepares the statements once. */
export function createEndedEvents(db: Db, events: Events, clock: Clock): AppendEnded {
  const count = db.raw.prepare<[number, string, number, string]>(
    `INSERT INTO task_hour (hour, key, n, last_task_id) VALUES (?, ?, ?, ?)
     ON CONFLICT (hour, key) DO UPDATE SET n = n + excluded.n, last_task_id = excluded.last_task_id`,
  );
  /** Tasks that end together count for the same few counters. */
  function countAll(ends: readonly Counted[]): void {
    for (const group of Map.groupBy(ends, ({ hour, key }) => `${hour} ${key}`).values()) {
      const last = group.at(-1);
      if (last !== undefined) count.run(last.hour, last.key, group.length, last.taskId);
    }
  }

  return (row, status, error, reason) => {
    const now = clock.now();
    const duration = row.started_at === null ? null : now - row.started_at;
    const data = { status, duration_ms: duration, error: problemJson(error) };
    events.append(changed(row, status, reason), {
      ...{ type: 'task.ended', entity: 'task', id: row.id, version: row.version },
      data,
    });
    const hour = Math.floor(now / HOUR_MS);
    const keys = hourKeys(status, duration, error?.code ?? null);
    db.atCommit(countAll, ...keys.map((key): Counted => ({ hour, key, taskId: row.id })));
  };
}

/** Deleting finished tasks. */
import { TERMINAL_STATUSES } from '../../../../contract/automation/tasks.ts';
import type { Db } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';

const TERMINAL = TERMINAL_STATUSES.map((status) => `'${status}'`).join(', ');

/** See {@link createRetentionStore}. */
export interface RetentionStore {
  /** Deletes a finished task with everything that hangs off it; false when it is not finished or not there. */
  deleteFinished(id: string): boolean;
  /** The finished task that ended first, if it ended before `before` (unix ms). */
  oldestFinished(before: number): string | null;
  /** Bytes of all logs and artifacts. */
  usedBytes(): number;
  exists(id: string): boolean;
  /** Deletes statistics older than `hour` (hours since 1970). */
  pruneHours(hour: number): void;
}

/** Prepares the statements. */
export function createRetentionStore(db: Db, events: Events): RetentionStore {
  const raw = db.raw;
  const remove = raw.prepare<[string]>(`DELETE FROM task WHERE id = ? AND status IN (${TERMINAL})`);
  const oldest = raw.prepare<[number], { id: string }>(
    `SELECT id FROM task INDEXED BY task_finished
     WHERE finished_at IS NOT NULL AND finished_at < ? AND status IN (${TERMINAL}) ORDER BY finished_at LIMIT 1`,
  );
  const used = raw.prepare<[], { bytes: number }>('SELECT bytes FROM task_usage WHERE id = 1');
  const exists = raw.prepare<[string], { one: number }>('SELECT 1 AS one FROM task WHERE id = ?');
  const pruneHours = raw.prepare<[number]>('DELETE FROM task_hour WHERE hour < ?');

  return {
    deleteFinished: (id) =>
      db.transaction(() => {
        if (remove.run(id).changes === 0) return false;
        events.append({ type: 'task.deleted', entity: 'task', id });
        return true;
      }),
    oldestFinished: (before) => oldest.get(before)?.id ?? null,
    usedBytes: () => used.get()?.bytes ?? 0,
    exists: (id) => exists.get(id) !== undefined,
    pruneHours: (hour) => void pruneHours.run(hour),
  };
}

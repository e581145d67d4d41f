/** Deleting finished tasks. */
import type { Db } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';
import { TERMINAL } from '../model/transitions.ts';

/** A task that retention looks at. */
export interface Oldest {
  id: string;
  /** Unix ms. */
  created_at: number;
  /** When it finished, unix ms; null while it has not. */
  ended_at: number | null;
}

/** See {@link createRetentionStore}. */
export interface RetentionStore {
  /** Deletes a finished task with everything that hangs off it; false when it is not finished or not there. */
  deleteFinished(id: string): boolean;
  /**
   * A page of the tasks that were made first, finished or not, after one of them and before a time (unix ms).
   * @param after the last of the page before
   */
  oldest(after: Oldest | null, before: number, limit: number): Oldest[];
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
  // By creation: an index by end would be written once more in the life of every task.
  const oldest = raw.prepare<[number, string, number, number], Oldest>(
    `SELECT id, created_at, CASE WHEN status IN (${TERMINAL}) THEN finished_at END AS ended_at FROM task INDEXED BY task_by_time
     WHERE (created_at, id) > (?, ?) AND created_at < ? ORDER BY created_at, id LIMIT ?`,
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
    oldest: (after, before, limit) => oldest.all(after?.created_at ?? 0, after?.id ?? '', before, limit),
    usedBytes: () => used.get()?.bytes ?? 0,
    exists: (id) => exists.get(id) !== undefined,
    pruneHours: (hour) => void pruneHours.run(hour),
  };
}

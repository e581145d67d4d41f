/** What firing reads and writes: times that have come, the ledger, and the time after them. */
import type { ScheduleId } from '../../../contract/kernel/scalars.ts';
import type { Db } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import type { NewTick, ScheduleRow } from './schema.ts';

/** Prepares the statements. */
export function createFireStore({ raw }: Db, events: Events) {
  const due = raw.prepare<[number, number], { id: ScheduleId }>(
    `SELECT id FROM schedule INDEXED BY schedule_due
     WHERE enabled = 1 AND deleted_at IS NULL AND next_run_at IS NOT NULL AND next_run_at <= ? ORDER BY next_run_at LIMIT ?`,
  );
  const settled = raw.prepare<[string, number], { at: number }>(
    'SELECT at FROM schedule_tick WHERE schedule_id = ? AND at >= ? AND event_id IS NULL',
  );
  const earliest = raw.prepare<[], { at: number | null }>(
    `SELECT min(next_run_at) AS at FROM schedule INDEXED BY schedule_due
     WHERE enabled = 1 AND deleted_at IS NULL AND next_run_at IS NOT NULL`,
  );
  const advance = raw.prepare<[number | null, string | null, string, number, number]>(
    `UPDATE schedule SET next_run_at = ?, last_task_id = coalesce(?, last_task_id)
     WHERE id = ? AND version = ? AND next_run_at = ? AND enabled = 1 AND deleted_at IS NULL`,
  );
  const addTick = raw.prepare<[string, number, string, string | null, string | null, string | null]>(
    'INSERT INTO schedule_tick (schedule_id, at, outcome, reason, task_id, event_id) VALUES (?, ?, ?, ?, ?, ?)',
  );
  function addTicks(id: ScheduleId, ticks: readonly NewTick[]): void {
    for (const { at, outcome, reason, task_id, event_id } of ticks)
      addTick.run(id, at, outcome, reason, task_id, event_id);
    announce(id);
  }
  const announce = (id: ScheduleId) => events.append({ type: 'schedule.ticked', entity: 'schedule', id });
  const shift = raw.prepare<[number, number]>(
    `UPDATE schedule SET next_run_at = next_run_at + ?, anchor = anchor + ?
     WHERE json_extract(trigger, '$.kind') = 'interval' AND next_run_at IS NOT NULL`,
  );
  const ran = raw.prepare<[string, string]>('UPDATE schedule SET last_task_id = ? WHERE id = ?');

  return {
    addTicks,
    /** Tells that its ledger, or when it is due, has changed. */
    announce,
    /** Schedules with a time that has come, earliest first. */
    due: (now: number, limit: number): ScheduleId[] => due.all(now, limit).map(({ id }) => id),
    /** Times from one on that have a line already, unix ms. */
    settledFrom: (id: ScheduleId, from: number): Set<number> => new Set(settled.all(id, from).map(({ at }) => at)),
    /** The earliest time of all, unix ms. */
    earliest: (): number | null => earliest.get()?.at ?? null,
    /**
     * Writes what became of the times up to now, and the time after them. Joins the transaction that makes the tasks.
     * @returns false when the schedule has been edited, switched off or deleted since it was read: nothing is to be made then
     */
    settle(row: ScheduleRow, ticks: readonly NewTick[], next: number | null): boolean {
      const task = ticks.findLast(({ task_id }) => task_id !== null)?.task_id ?? null;
      if (advance.run(next, task, row.id, row.version, row.next_run_at ?? 0).changes === 0) return false;
      addTicks(row.id, ticks);
      return true;
    },
    /** Notes a task that was asked for by hand. */
    noteRun(id: ScheduleId, taskId: string): void {
      ran.run(taskId, id);
      announce(id);
    },
    /** Moves what intervals count from, when the clock of the computer was set. */
    shiftIntervals: (ms: number): void => void shift.run(ms, ms),
  };
}

/** The only SQL of schedules and their ledger. */
import { and, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { scheduleRecord } from '../../../contract/automation/schedules.ts';
import { type FilterValues, fixed, oneOf } from '../../../contract/kernel/filters.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import { ScheduleId } from '../../../contract/kernel/scalars.ts';
import { number } from '../../../contract/kernel/sorts.ts';
import { naturalKey } from '../../../contract/kernel/text/natural-key.ts';
import { type Db, type ListInput, type ListSpec, listPage, matchingIds } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import { type NewTick, type ScheduleRow, schedule, scheduleTick, type TickRow } from './schema.ts';

export type ScheduleFilter = FilterValues<typeof scheduleRecord.filters>;
export type ScheduleListInput = ListInput<typeof scheduleRecord.filters>;

/** Lines of the ledger that the list shows of each schedule. */
const RECENT = 20;

const spec = (deleted: boolean): ListSpec<typeof schedule, typeof scheduleRecord> => ({
  table: schedule,
  id: schedule.id,
  sortable: {
    created_at: schedule.created_at,
    updated_at: schedule.updated_at,
    name: schedule.name_key,
    next_run_at: schedule.next_run_at,
  },
  record: scheduleRecord,
  where: deleted ? isNotNull(schedule.deleted_at) : isNull(schedule.deleted_at),
  sources: { name: schedule.name, enabled: schedule.enabled, command_id: schedule.command_id },
});

const tickRecord = {
  filters: { schedule_id: fixed(oneOf(ScheduleId)) },
  sorts: { at: fixed(number) },
  defaultSort: '-at',
} as const;
const TICKS: ListSpec<typeof scheduleTick, typeof tickRecord> = {
  table: scheduleTick,
  id: scheduleTick.seq,
  sortable: { at: scheduleTick.at },
  record: tickRecord,
  sources: { schedule_id: scheduleTick.schedule_id },
};

/** Creates the store. */
export function createScheduleStore(db: Db, events: Events) {
  const { orm, raw } = db;
  const recent = raw.prepare<[string, number], TickRow>(
    `SELECT schedule_tick.* FROM json_each(?) AS wanted, schedule_tick WHERE seq IN (
       SELECT seq FROM schedule_tick WHERE schedule_id = wanted.value ORDER BY at DESC LIMIT ?) ORDER BY at DESC`,
  );
  const due = raw.prepare<[number, number], { id: ScheduleId }>(
    `SELECT id FROM schedule INDEXED BY schedule_due
     WHERE enabled = 1 AND deleted_at IS NULL AND next_run_at IS NOT NULL AND next_run_at <= ? ORDER BY next_run_at LIMIT ?`,
  );
  const earliest = raw.prepare<[], { at: number | null }>(
    `SELECT min(next_run_at) AS at FROM schedule INDEXED BY schedule_due
     WHERE enabled = 1 AND deleted_at IS NULL AND next_run_at IS NOT NULL`,
  );
  const advance = raw.prepare<[number | null, string | null, string, number, number]>(
    `UPDATE schedule SET next_run_at = ?, last_task_id = coalesce(?, last_task_id)
     WHERE id = ? AND version = ? AND next_run_at = ? AND enabled = 1 AND deleted_at IS NULL`,
  );
  const addTick = raw.prepare<[string, number, string, string | null, string | null]>(
    'INSERT OR IGNORE INTO schedule_tick (schedule_id, at, outcome, reason, task_id) VALUES (?, ?, ?, ?, ?)',
  );
  const shift = raw.prepare<[number, number]>(
    `UPDATE schedule SET next_run_at = next_run_at + ?, anchor = anchor + ?
     WHERE json_extract(trigger, '$.kind') = 'interval' AND next_run_at IS NOT NULL`,
  );
  const ran = raw.prepare<[string, string]>('UPDATE schedule SET last_task_id = ? WHERE id = ?');

  const by = (id: ScheduleId, deleted: boolean) =>
    and(eq(schedule.id, id), deleted ? isNotNull(schedule.deleted_at) : isNull(schedule.deleted_at));

  return {
    save(row: ScheduleRow, type: 'schedule.created' | 'schedule.updated' | 'schedule.deleted'): void {
      const keyed = { ...row, name_key: naturalKey(row.name) };
      orm.insert(schedule).values(keyed).onConflictDoUpdate({ target: schedule.id, set: keyed }).run();
      events.append({ type, entity: 'schedule', id: row.id, version: row.version });
    },
    get: (id: ScheduleId): ScheduleRow | undefined => orm.select().from(schedule).where(by(id, false)).get(),
    getDeleted: (id: ScheduleId): ScheduleRow | undefined => orm.select().from(schedule).where(by(id, true)).get(),
    list: (query: ScheduleListInput): Page<ScheduleRow> => listPage(db, query, spec(false)),
    matching: (filter: ScheduleFilter, deleted: boolean): string[] => matchingIds(db, filter, spec(deleted)),
    ticks: (schedule_id: ScheduleId, query: { limit: number; cursor?: string | undefined }): Page<TickRow> =>
      listPage(db, { ...query, count: false, schedule_id }, TICKS),
    /** The newest lines of each of these, newest first. */
    recent(ids: readonly ScheduleId[]): Map<ScheduleId, TickRow[]> {
      const all = new Map<ScheduleId, TickRow[]>(ids.map((id) => [id, []]));
      for (const tick of recent.all(JSON.stringify(ids), RECENT)) all.get(tick.schedule_id)?.push(tick);
      return all;
    },
    /** Schedules with a time that has come, earliest first. */
    due: (now: number, limit: number): ScheduleId[] => due.all(now, limit).map(({ id }) => id),
    /** The earliest time of all, unix ms. */
    earliest: (): number | null => earliest.get()?.at ?? null,
    /**
     * Writes what became of the times up to now, and the time after them. Joins the transaction that makes the tasks.
     * @returns false when the schedule has been edited, switched off or deleted since it was read, or a time has a line already: nothing is to be made then
     */
    settle(row: ScheduleRow, ticks: readonly NewTick[], next: number | null): boolean {
      const task = ticks.findLast(({ task_id }) => task_id !== null)?.task_id ?? null;
      if (advance.run(next, task, row.id, row.version, row.next_run_at ?? 0).changes === 0) return false;
      for (const { at, outcome, reason, task_id } of ticks) {
        const isNew = addTick.run(row.id, at, outcome, reason, task_id).changes > 0;
        if (!isNew && task_id !== null) return false;
      }
      events.append({ type: 'schedule.ticked', entity: 'schedule', id: row.id });
      return true;
    },
    /** Notes a task that was asked for by hand. */
    noteRun(id: ScheduleId, taskId: string): void {
      ran.run(taskId, id);
      events.append({ type: 'schedule.ticked', entity: 'schedule', id });
    },
    /** Moves what intervals count from, when the clock of the computer was set. */
    shiftIntervals: (ms: number): void => void shift.run(ms, ms),
    /** Deletes lines that are older; answers how many. */
    pruneTicks: (before: number): number => orm.delete(scheduleTick).where(lt(scheduleTick.at, before)).run().changes,
    /** Deletes for good what was deleted before `before` (unix ms); answers the ids. */
    purge: (before: number): ScheduleId[] =>
      orm
        .delete(schedule)
        .where(and(isNotNull(schedule.deleted_at), sql`${schedule.deleted_at} < ${before}`))
        .returning({ id: schedule.id })
        .all()
        .map(({ id }) => id),
  };
}
export type ScheduleStore = ReturnType<typeof createScheduleStore>;

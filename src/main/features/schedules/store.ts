/** The only SQL of schedules and their ledger. */
import { and, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { scheduleRecord } from '../../../contract/automation/schedule/schedules.ts';
import { type FilterValues, fixed, oneOf } from '../../../contract/kernel/filters.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import { ScheduleId } from '../../../contract/kernel/scalars.ts';
import { number } from '../../../contract/kernel/sorts.ts';
import { naturalKey } from '../../../contract/kernel/text/natural-key.ts';
import { type Db, type ListInput, type ListSpec, listPage, matchingIds, rowById } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import { createFireStore } from './fire-store.ts';
import { type ScheduleRow, schedule, scheduleTick, type TickRow } from './schema.ts';
import { createPendingStore } from './triggers/pending-store.ts';
import { createHookStore } from './webhooks/hook-store.ts';

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

  const fireStore = createFireStore(db, events);
  return {
    ...fireStore,
    ...createPendingStore(db, fireStore),
    ...createHookStore(db),
    /** Schedules that are on and wait for something that happens in the product. */
    listeners: (): ScheduleRow[] =>
      orm
        .select()
        .from(schedule)
        .where(
          and(eq(schedule.enabled, true), isNull(schedule.deleted_at), sql`json_extract(trigger, '$.kind') = 'event'`),
        )
        .all(),
    save(row: ScheduleRow, type: 'schedule.created' | 'schedule.updated' | 'schedule.deleted'): void {
      const keyed = { ...row, name_key: naturalKey(row.name) };
      orm.insert(schedule).values(keyed).onConflictDoUpdate({ target: schedule.id, set: keyed }).run();
      events.append({ type, entity: 'schedule', id: row.id, version: row.version });
    },
    get: rowById(db, schedule, isNull(schedule.deleted_at)),
    getDeleted: rowById(db, schedule, isNotNull(schedule.deleted_at)),
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

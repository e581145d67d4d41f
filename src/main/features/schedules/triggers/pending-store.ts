/** The SQL of events that schedules wait for: what has come is stored first, and gets its line in the ledger with its tasks. */
import { isEventTrigger } from '../../../../contract/automation/schedule/triggers.ts';
import type { ScheduleId } from '../../../../contract/kernel/scalars.ts';
import type { Db } from '../../../core/db/index.ts';
import type { createFireStore } from '../fire-store.ts';
import type { NewTick, PendingRow, ScheduleRow } from '../schema.ts';

/** Events of a schedule that may wait; what comes beyond is refused. */
export const MOST_PENDING = 1000;

/** An event that has come. */
export type NewPending = Omit<PendingRow, 'seq'>;

/** What became of an event that came: `full` when too many wait. */
export type Intake = 'stored' | 'duplicate' | 'full';

/** What is written when events have been worked on. */
export interface Settled {
  ticks: readonly NewTick[];
  /** Numbers of the events that are over. */
  done: readonly number[];
  /** Depth of the tasks that were made. */
  made: readonly { id: string; depth: number }[];
  now: number;
}

/** Prepares the statements. */
export function createPendingStore(
  { raw }: Db,
  { addTicks, announce }: Pick<ReturnType<typeof createFireStore>, 'addTicks' | 'announce'>,
) {
  const known = raw.prepare<[string, string], { at: number }>(
    'SELECT at FROM schedule_tick WHERE schedule_id = ? AND event_id = ?',
  );
  const count = raw.prepare<[string], { n: number }>('SELECT count(*) AS n FROM schedule_event WHERE schedule_id = ?');
  const add = raw.prepare<[string, string, number, number, string]>(
    'INSERT OR IGNORE INTO schedule_event (schedule_id, event_id, at, depth, data) VALUES (?, ?, ?, ?, ?)',
  );
  // From the row as it is now: what is read of a schedule may be older than its last start. A clock that was set back keeps nobody waiting.
  const arm = raw.prepare<[{ id: string; now: number; interval: number }]>(
    `UPDATE schedule SET next_run_at = CASE WHEN anchor > @now THEN @now ELSE max(@now, anchor + @interval) END
     WHERE id = @id AND next_run_at IS NULL`,
  );
  const pending = raw.prepare<[string, number], PendingRow>(
    'SELECT seq, event_id, at, depth, data FROM schedule_event WHERE schedule_id = ? ORDER BY seq LIMIT ?',
  );
  const remove = raw.prepare<[string]>('DELETE FROM schedule_event WHERE seq IN (SELECT value FROM json_each(?))');
  const advance = raw.prepare<[{ anchor: number | null; task: string | null; id: string; version: number }]>(
    `UPDATE schedule SET anchor = coalesce(@anchor, anchor), last_task_id = coalesce(@task, last_task_id), next_run_at = NULL
     WHERE id = @id AND version = @version AND enabled = 1 AND deleted_at IS NULL`,
  );
  const saw = raw.prepare<[number, string, number]>(
    'UPDATE schedule SET seen = ? WHERE id IN (SELECT value FROM json_each(?)) AND seen < ?',
  );
  const chain = raw.prepare<[string, number]>('INSERT INTO task_chain (task_id, depth) VALUES (?, ?)');
  const depth = raw.prepare<[string], { depth: number }>('SELECT depth FROM task_chain WHERE task_id = ?');

  const armFor = ({ id, trigger }: ScheduleRow, now: number) =>
    arm.run({ id, now, interval: isEventTrigger(trigger) ? trigger.min_interval_seconds * 1000 : 0 });

  return {
    /** Stores an event, once; joins the transaction of what it follows from. */
    takeIn(row: ScheduleRow, event: NewPending, now: number): Intake {
      if (known.get(row.id, event.event_id) !== undefined) return 'duplicate';
      if ((count.get(row.id)?.n ?? 0) >= MOST_PENDING) return 'full';
      const { changes } = add.run(row.id, event.event_id, event.at, event.depth, event.data);
      if (changes === 0) return 'duplicate';
      armFor(row, now);
      announce(row.id);
      return 'stored';
    },
    /** Events without a line, in the order in which they came. */
    pending: (id: ScheduleId, limit: number): PendingRow[] => pending.all(id, limit),
    /**
     * Writes what became of events; joins the transaction that makes the tasks.
     * @returns false when the schedule has been edited, switched off or deleted since it was read: nothing is to be made then
     */
    settleEvents(row: ScheduleRow, { ticks, done, made, now }: Settled): boolean {
      const task = ticks.findLast(({ task_id }) => task_id !== null)?.task_id ?? null;
      const anchor = task === null ? null : now;
      if (advance.run({ anchor, task, id: row.id, version: row.version }).changes === 0) return false;
      remove.run(JSON.stringify(done));
      for (const { id, depth: links } of made) chain.run(id, links);
      addTicks(row.id, ticks);
      if (pending.get(row.id, 1) !== undefined) armFor(row, now);
      return true;
    },
    /** Gives events that wait a line that says why nothing comes of them. */
    dropPending(id: ScheduleId, reason: string): void {
      const rows = pending.all(id, MOST_PENDING);
      if (rows.length === 0) return;
      remove.run(JSON.stringify(rows.map(({ seq }) => seq)));
      addTicks(
        id,
        rows.map(({ event_id, at }) => ({ at, event_id, outcome: 'skipped', reason, task_id: null })),
      );
    },
    /** Notes up to which change schedules have seen everything. */
    saw: (ids: readonly ScheduleId[], seq: number): void => void saw.run(seq, JSON.stringify(ids), seq),
    /** Tasks in a row that led to a task; 0 for one that no event started. */
    depthOf: (taskId: string): number => depth.get(taskId)?.depth ?? 0,
  };
}

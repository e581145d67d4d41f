/** The way into the queue: new tasks, and those that have become due; their events in the same transaction. */
import { naturalKey } from '../../../../contract/kernel/text/natural-key.ts';
import type { Clock } from '../../../core/clock.ts';
import { type Db, parseStored } from '../../../core/db/index.ts';
import type { Events, NewEvent } from '../../../core/events.ts';
import { priorityOf } from '../model/lanes.ts';
import { assignmentOf, guardOf, TRANSITIONS } from '../model/transitions.ts';
import { SNAPSHOT_COLUMNS, type TaskRow } from '../schema.ts';
import { changed, MOVED, type Moved } from './change-events.ts';

/** What a new row is given; the rest has defaults. */
const COLUMNS = [
  ...SNAPSHOT_COLUMNS,
  ...(['id', 'batch_id', 'schedule_id', 'retry_of', 'status', 'due_at', 'rank'] as const),
] satisfies (keyof TaskRow)[];

/** A row to insert: the snapshot and where it starts. */
export type NewTask = Pick<TaskRow, (typeof COLUMNS)[number]> & { status: 'scheduled' | 'queued' };

/** What the names of command and profile are ordered by; the tasks of a batch have the name of the command in common. */
function createNameKeys(): (row: NewTask) => [command: string, profile: string | null] {
  let [last, key] = ['', ''];
  return ({ command_name, profile }) => {
    if (command_name !== last) [last, key] = [command_name, naturalKey(command_name)];
    return [key, profile === null ? null : naturalKey(parseStored<{ name: string }>(profile).name)];
  };
}

const created = (row: NewTask): NewEvent => ({
  type: 'task.created',
  entity: 'task',
  id: row.id,
  version: 1,
  data: {
    status: row.status,
    command_id: row.command_id,
    command_name: row.command_name,
    profile_id: row.profile_id,
    kind: row.kind,
    priority: priorityOf(row.priority),
    batch_id: row.batch_id,
    schedule_id: row.schedule_id,
  },
});

/** See {@link createQueueStore}. */
export interface QueueStore {
  /** Several calls in one transaction: one write to the disk instead of one each. */
  batch<T>(work: () => T): T;
  /** Joins the transaction that is open: an error must end all of it. */
  insert(tasks: readonly NewTask[]): void;
  /** Moves what has become due into the queue. @returns how many */
  promote(): number;
  /** When the next scheduled or retrying task is due, unix ms. */
  nextDue(): number | null;
}

/** Prepares the statements once. */
export function createQueueStore(db: Db, events: Events, clock: Clock): QueueStore {
  const raw = db.raw;
  // By position: binding by name looks each of them up in the row, which costs a fifth of the insert.
  const insert = raw.prepare<(string | number | null)[]>(
    `INSERT INTO task (${COLUMNS.join(', ')}, command_key, profile_key, created_at, updated_at, version)
     VALUES (${COLUMNS.map(() => '?').join(', ')}, ?, ?, ?, ?, 1)`,
  );
  const promote = raw.prepare<[{ now: number }], Moved>(
    `UPDATE task SET ${assignmentOf('due')}, updated_at = @now, version = version + 1
     WHERE id IN (SELECT id FROM task INDEXED BY task_timer
                  WHERE ${guardOf('due')} AND due_at <= @now ORDER BY due_at LIMIT 500)
     RETURNING ${MOVED}`,
  );
  const nextDue = raw.prepare<[], { due: number | null }>(
    `SELECT min(due_at) AS due FROM task INDEXED BY task_timer WHERE ${guardOf('due')}`,
  );

  return {
    batch: (work) => db.transaction(work),
    insert: (tasks) =>
      db.join(() => {
        const now = clock.now();
        const nameKeys = createNameKeys();
        for (const row of tasks) insert.run(...COLUMNS.map((name) => row[name]), ...nameKeys(row), now, now);
        events.append(...tasks.map(created));
      }),
    promote: () =>
      db.join(() => {
        const rows = promote.all({ now: clock.now() });
        for (const row of rows) events.append(changed(row, TRANSITIONS.due.to));
        return rows.length;
      }),
    nextDue: () => nextDue.get()?.due ?? null,
  };
}

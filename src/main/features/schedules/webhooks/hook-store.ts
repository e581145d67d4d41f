/** The SQL of webhooks: the secrets of schedules, and the deliveries that were taken. */
import type { ScheduleId } from '../../../../contract/kernel/scalars.ts';
import type { Db } from '../../../core/db/index.ts';

/** The secret of a schedule, and what was refused last; times are unix ms. */
export interface HookRow {
  schedule_id: ScheduleId;
  /** Reference of the secret. */
  secret: string;
  /** The end of it. */
  hint: string;
  created_at: number;
  refused_at: number | null;
  refused_reason: string | null;
}

/** Deliveries, and lines of the ledger, that are kept of each webhook: more than can come while a signature is good for. */
const MOST_KEPT = 10_000;
/** Rows that are deleted at once. */
const TOGETHER = 2000;

/** Prepares the statements. */
export function createHookStore({ raw }: Db) {
  const put = raw.prepare<[Omit<HookRow, 'refused_at' | 'refused_reason'>]>(
    `INSERT INTO schedule_hook (schedule_id, secret, hint, created_at) VALUES (@schedule_id, @secret, @hint, @created_at)
     ON CONFLICT (schedule_id) DO UPDATE SET secret = @secret, hint = @hint, created_at = @created_at,
       refused_at = NULL, refused_reason = NULL`,
  );
  const of = raw.prepare<[string], HookRow>('SELECT * FROM schedule_hook WHERE schedule_id = ?');
  const remove = raw.prepare<[string]>('DELETE FROM schedule_hook WHERE schedule_id = ?');
  const refused = raw.prepare<[number, string, string]>(
    'UPDATE schedule_hook SET refused_at = ?, refused_reason = ? WHERE schedule_id = ?',
  );
  const earlier = raw.prepare<[{ id: string; event: string; proof: Buffer }], { event_id: string }>(
    `SELECT event_id FROM schedule_delivery WHERE schedule_id = @id AND event_id = @event
     UNION ALL SELECT event_id FROM schedule_delivery WHERE schedule_id = @id AND proof = @proof
     UNION ALL SELECT event_id FROM schedule_event WHERE schedule_id = @id AND event_id = @event
     UNION ALL SELECT event_id FROM schedule_tick WHERE schedule_id = @id AND event_id = @event LIMIT 1`,
  );
  const add = raw.prepare<[string, string, Buffer, number]>(
    'INSERT INTO schedule_delivery (schedule_id, event_id, proof, at) VALUES (?, ?, ?, ?)',
  );
  const between = raw.prepare<[string, number, number], { n: number }>(
    'SELECT count(*) AS n FROM schedule_delivery WHERE schedule_id = ? AND at BETWEEN ? AND ?',
  );
  const senders = raw.prepare<[], { id: string }>('SELECT DISTINCT schedule_id AS id FROM schedule_delivery');
  const beyondKept = (table: 'schedule_delivery' | 'schedule_tick', key: 'event_id' | 'seq') =>
    raw.prepare<[{ id: string; kept: number; many: number }]>(
      `DELETE FROM ${table} WHERE schedule_id = @id AND ${key} IN (
         SELECT ${key} FROM ${table} WHERE schedule_id = @id ORDER BY at DESC LIMIT @many OFFSET @kept)`,
    );
  const beyond = [beyondKept('schedule_delivery', 'event_id'), beyondKept('schedule_tick', 'seq')];
  const old = raw.prepare<[{ id: string; before: number; many: number }]>(
    `DELETE FROM schedule_delivery WHERE schedule_id = @id AND event_id IN (
       SELECT event_id FROM schedule_delivery WHERE schedule_id = @id AND at < @before LIMIT @many)`,
  );

  return {
    putHook: (row: Omit<HookRow, 'refused_at' | 'refused_reason'>): void => void put.run(row),
    hookOf: (id: string): HookRow | undefined => of.get(id),
    /** @returns whether there was one */
    removeHook: (id: ScheduleId): boolean => remove.run(id).changes > 0,
    noteRefusal: (id: ScheduleId, reason: string, at: number): void => void refused.run(at, reason, id),
    /** The id of the event that a delivery is the same as. */
    delivered: (id: ScheduleId, event: string, proof: Buffer): string | undefined =>
      earlier.get({ id, event, proof })?.event_id,
    addDelivery: (id: ScheduleId, event: string, proof: Buffer, at: number): void => void add.run(id, event, proof, at),
    /** Deliveries that were taken in a span of time, unix ms. */
    deliveriesIn: (id: ScheduleId, from: number, to: number): number => between.get(id, from, to)?.n ?? 0,
    /** Deletes some of what is older than `before` (unix ms), or more than is kept of each webhook. @returns whether there may be more */
    pruneDeliveries(before: number): boolean {
      const counts = senders
        .all()
        .flatMap(({ id }) => [
          ...beyond.map((statement) => statement.run({ id, kept: MOST_KEPT, many: TOGETHER }).changes),
          old.run({ id, before, many: TOGETHER }).changes,
        ]);
      return counts.includes(TOGETHER);
    },
  };
}

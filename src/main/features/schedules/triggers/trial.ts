/** Lets a schedule that waits for something have an example of it. */
import { isEventTrigger } from '../../../../contract/automation/schedule/triggers.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { JsonObject, ScheduleId } from '../../../../contract/kernel/scalars.ts';
import { type Clock, iso } from '../../../core/clock.ts';
import type { Db } from '../../../core/db/index.ts';
import { newRequestId } from '../../../core/ids.ts';
import type { ScheduleRow } from '../schema.ts';
import type { ScheduleStore } from '../store.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import { exampleOf } from './example.ts';

/** What came, and its id in the ledger. */
type Tried = { event_id: string; event: JsonObject };

/** Creates what lets an event come, as an example unless one is given. It throws AppError `invalid-state` when none is waited for. */
export function createTrial({
  db,
  store,
  clock,
  webhooks,
  require,
}: {
  db: Db;
  store: ScheduleStore;
  clock: Clock;
  webhooks: Pick<Webhooks, 'trial'>;
  require(id: ScheduleId): ScheduleRow;
}) {
  return async (id: ScheduleId, given?: JsonObject): Promise<Tried> => {
    const row = require(id);
    if (!isEventTrigger(row.trigger)) throw new AppError('invalid-state', 'This schedule runs at times; run it now.');
    if (!row.enabled) throw new AppError('invalid-state', 'This schedule is switched off; switch it on first.');
    if (row.trigger.kind === 'webhook') return webhooks.trial(id, given);
    const now = clock.now();
    const event = given ?? { ...exampleOf(row.trigger), at: iso(now) };
    const event_id = `test:${newRequestId()}`;
    const pending = { event_id, at: now, depth: 1, data: JSON.stringify(event) };
    if (db.transaction(() => store.takeIn(row, pending, now)) === 'full')
      throw new AppError('invalid-state', 'Too many events wait already.');
    return { event_id, event };
  };
}

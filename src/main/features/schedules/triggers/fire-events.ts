/** Makes the tasks of events that have come, each event at most once. */
import { isEventTrigger } from '../../../../contract/automation/schedule/triggers.ts';
import { AppError, toAppError } from '../../../../contract/kernel/errors.ts';
import type { JsonObject, TaskId } from '../../../../contract/kernel/scalars.ts';
import { fileScope } from '../../../../contract/kernel/text/file-address.ts';
import { iso } from '../../../core/clock.ts';
import { parseStored } from '../../../core/db/index.ts';
import type { PreparedBatch } from '../../tasks/index.ts';
import type { FireDeps } from '../fire-deps.ts';
import { GRACE_MS } from '../policy.ts';
import { requestOf } from '../request.ts';
import type { NewTick, PendingRow, ScheduleRow } from '../schema.ts';
import { decideEvents, inputFrom, type Refusal } from './decide.ts';

/** Events that are worked on in one transaction. */
const TOGETHER = 100;

interface Prepared {
  tick: NewTick;
  batch: PreparedBatch | null;
  depth: number;
}

const LATE = 'TabAgent was not running, or the computer slept, when it happened';

/** What the event gives of the input. @throws AppError `forbidden` for what only an author of commands may give */
function givenBy(row: ScheduleRow, event: PendingRow): JsonObject {
  const given = isEventTrigger(row.trigger) ? inputFrom(row.trigger.map, parseStored<JsonObject>(event.data)) : {};
  // Whoever causes an event need not have any rights here.
  if (fileScope(given) !== null)
    throw new AppError('forbidden', 'the event gives the command the address of a file, or of a page of the browser');
  return given;
}

/** Creates what settles the events of one schedule. */
export function createFireEvents({ db, store, factory, clock, log, openOf, cancel, random = Math.random }: FireDeps) {
  async function prepareOne(row: ScheduleRow, event: PendingRow, refusal: Refusal): Promise<Prepared> {
    const { at, event_id, depth } = event;
    const line = (outcome: NewTick['outcome'], reason: string | null, task_id: TaskId | null): NewTick => ({
      ...{ at, event_id, outcome, reason, task_id },
    });
    if (refusal !== null) return { tick: line('skipped', refusal, null), batch: null, depth };
    const now = clock.now();
    const delay = Math.floor(random() * row.jitter_seconds * 1000);
    try {
      const { request, origin } = requestOf(row, delay > 0 ? iso(now + delay) : undefined);
      const batch = await factory.prepare({ ...request, input: givenBy(row, event) }, origin);
      const late = now - (row.next_run_at ?? now) > GRACE_MS;
      const [task] = batch.ids;
      return { tick: line(late ? 'late' : 'ran', late ? LATE : null, (task ?? null) as TaskId | null), batch, depth };
    } catch (thrown) {
      const { message } = toAppError(thrown);
      log.warn('schedules', `${row.name} could not start`, { schedule_id: row.id, event_id, reason: message });
      return { tick: line('skipped', `Could not start: ${message}`, null), batch: null, depth };
    }
  }

  /** The ledger, the tasks and the end of the events in one transaction; nothing of it when the schedule has changed meanwhile. */
  function commit(row: ScheduleRow, events: readonly PendingRow[], all: readonly Prepared[]): boolean {
    const batches = all.flatMap(({ batch, depth }) => (batch === null ? [] : [{ batch, depth }]));
    return db.transaction(() => {
      for (const { batch } of batches) factory.commit(batch);
      const settled = store.settleEvents(row, {
        ticks: all.map(({ tick }) => tick),
        done: events.map(({ seq }) => seq),
        made: batches.flatMap(({ batch, depth }) => batch.ids.map((id) => ({ id, depth }))),
        now: clock.now(),
      });
      if (!settled) throw new AppError('conflict');
      return batches.length > 0;
    });
  }

  /** Settles what waits for a schedule whose events are due. */
  return async (row: ScheduleRow): Promise<void> => {
    if (!isEventTrigger(row.trigger)) return;
    const events = store.pending(row.id, TOGETHER);
    const open = openOf(row.id);
    const refusals = decideEvents(events, { ...row, trigger: row.trigger }, open.length > 0);
    const all: Prepared[] = [];
    for (const [i, event] of events.entries()) all.push(await prepareOne(row, event, refusals[i] ?? null));
    // Before the new ones are in the queue, which wait for the key that the earlier ones hold.
    if (row.overlap === 'cancel_previous' && all.some(({ batch }) => batch !== null))
      await Promise.allSettled(open.map((task) => cancel(task)));
    try {
      if (commit(row, events, all)) log.info('schedules', `${row.name} started`, { schedule_id: row.id });
    } catch (thrown) {
      if (!(thrown instanceof AppError && thrown.slug === 'conflict')) throw thrown;
    }
  };
}

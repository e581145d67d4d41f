/** Makes the tasks of schedules whose time has come, or whose events have, each at most once. */
import { isEventTrigger } from '../../../contract/automation/schedule/triggers.ts';
import { AppError, toAppError } from '../../../contract/kernel/errors.ts';
import type { ScheduleId, TaskId } from '../../../contract/kernel/scalars.ts';
import { iso } from '../../core/clock.ts';
import type { PreparedBatch } from '../tasks/index.ts';
import type { FireDeps } from './fire-deps.ts';
import { type Decision, decide } from './policy.ts';
import { requestOf } from './request.ts';
import type { NewTick, ScheduleRow } from './schema.ts';
import { comeOf } from './time/come.ts';
import { createFireEvents } from './triggers/fire-events.ts';

/** Schedules that are worked on in one turn. */
const TOGETHER = 50;

/** One time with what is to be made for it. */
interface Prepared {
  tick: NewTick;
  batch: PreparedBatch | null;
}

/** Creates what {@link FireDeps} is for: it settles every time that has come, and answers when all of them are. */
export function createFire(deps: FireDeps): () => Promise<void> {
  const { db, store, factory, clock, log, openOf } = deps;
  const random = deps.random ?? Math.random;
  const fireEvents = createFireEvents(deps);

  async function prepareOne(row: ScheduleRow, decision: Decision): Promise<Prepared> {
    const { at } = decision;
    const line = { at, task_id: null, event_id: null };
    if (!decision.run) return { tick: { ...line, outcome: decision.outcome, reason: decision.reason }, batch: null };
    const delay = Math.floor(random() * row.jitter_seconds * 1000);
    try {
      const { request, origin } = requestOf(row, delay > 0 ? iso(Math.max(at, clock.now()) + delay) : undefined);
      const batch = await factory.prepare(request, origin);
      const reason = decision.late ? 'TabAgent was not running, or the computer slept, when it was due' : null;
      const outcome = decision.late ? 'late' : 'ran';
      return { tick: { ...line, outcome, reason, task_id: batch.ids[0] as TaskId }, batch };
    } catch (thrown) {
      const { message } = toAppError(thrown);
      log.warn('schedules', `${row.name} could not start`, { schedule_id: row.id, reason: message });
      return { tick: { ...line, outcome: 'skipped', reason: `Could not start: ${message}` }, batch: null };
    }
  }

  async function fireOne(id: ScheduleId): Promise<void> {
    const row = store.get(id);
    const now = clock.now();
    if (!row?.enabled || row.next_run_at === null || row.next_run_at > now) return;
    if (isEventTrigger(row.trigger)) return fireEvents(row);
    const { times, uncounted, next } = comeOf(row, now);
    // The clock may show a time again after it was set back and the trigger was edited.
    const done = store.settledFrom(id, times[0] ?? now);
    const open = openOf(id);
    const decisions = decide({ ...row, times: times.filter((at) => !done.has(at)), now, busy: open.length > 0 });
    const all: Prepared[] = [];
    for (const decision of decisions) all.push(await prepareOne(row, decision));
    const [first] = all;
    if (first && uncounted > 0)
      first.tick.reason = `${first.tick.reason ?? 'Missed'}; at least ${uncounted} times before it too`;
    const made = all.flatMap(({ batch }) => (batch ? [batch] : []));
    // Before the new ones are in the queue, which wait for the key that the earlier ones hold.
    if (row.overlap === 'cancel_previous' && made.length > 0)
      await Promise.allSettled(open.map((task) => deps.cancel(task)));
    const settled = commit(row, all, made, next);
    if (settled && made.length > 0)
      log.info('schedules', `${row.name} started`, { schedule_id: id, task_id: all.at(-1)?.tick.task_id });
  }

  /** The ledger and the tasks in one transaction; nothing of it when the schedule has changed meanwhile. */
  function commit(
    row: ScheduleRow,
    all: readonly Prepared[],
    made: readonly PreparedBatch[],
    next: number | null,
  ): boolean {
    try {
      db.transaction(() => {
        const ticks = all.map(({ tick }) => tick);
        if (!store.settle(row, ticks, next)) throw new AppError('conflict');
        for (const batch of made) factory.commit(batch);
      });
      return true;
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.slug === 'conflict') return false;
      throw thrown;
    }
  }

  return async () => {
    for (;;) {
      const ids = store.due(clock.now(), TOGETHER);
      if (ids.length === 0) return;
      const outcomes = await Promise.allSettled(ids.map(fireOne));
      const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
      for (const { reason } of failed) log.warn('schedules', 'a schedule could not be worked on', { error: reason });
      // What failed stays due: the next turn tries again, instead of this one without end.
      if (failed.length > 0) return;
    }
  };
}

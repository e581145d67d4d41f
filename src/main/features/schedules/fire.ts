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

/** A schedule that is due, with what is to be written for it. */
interface Due {
  row: ScheduleRow;
  ticks: NewTick[];
  made: PreparedBatch[];
  next: number | null;
}

/** Creates what prepares the task of one time, or the line that says why there is none. */
function createPrepareTime({ factory, clock, log, random = Math.random }: FireDeps) {
  return async function prepareOne(row: ScheduleRow, decision: Decision): Promise<Prepared> {
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
  };
}

/** Creates what {@link FireDeps} is for: it settles every time that has come, and answers when all of them are. */
export function createFire(deps: FireDeps): () => Promise<void> {
  const { db, store, factory, clock, log, openOf } = deps;
  const prepareOne = createPrepareTime(deps);
  const fireEvents = createFireEvents(deps);

  /** What is to be written for a schedule that is due; null when nothing is, or its events have been settled. */
  async function prepareSchedule(id: ScheduleId): Promise<Due | null> {
    const row = store.get(id);
    const now = clock.now();
    if (!row?.enabled || row.next_run_at === null || row.next_run_at > now) return null;
    if (isEventTrigger(row.trigger)) {
      await fireEvents(row);
      return null;
    }
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
    return { row, ticks: all.map(({ tick }) => tick), made, next };
  }

  /** The ledger and the tasks of one schedule; nothing of it when that has changed meanwhile. @returns why it failed */
  function settle({ row, ticks, made, next }: Due): unknown {
    try {
      db.transaction(() => {
        if (!store.settle(row, ticks, next)) throw new AppError('conflict');
        for (const batch of made) factory.commit(batch);
      });
    } catch (thrown) {
      return thrown instanceof AppError && thrown.slug === 'conflict' ? null : thrown;
    }
    if (made.length > 0)
      db.afterCommit(() =>
        log.info('schedules', `${row.name} started`, { schedule_id: row.id, task_id: ticks.at(-1)?.task_id }),
      );
    return null;
  }

  /** One turn: schedules are prepared side by side and written together, since each transaction waits for the disk. @returns failures */
  async function turn(ids: readonly ScheduleId[]): Promise<unknown[]> {
    const prepared = await Promise.allSettled(ids.map(prepareSchedule));
    const due = prepared.flatMap((one) => (one.status === 'fulfilled' && one.value !== null ? [one.value] : []));
    const failed: unknown[] = prepared.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    if (due.length > 0) db.transaction(() => failed.push(...due.map(settle).filter((error) => error !== null)));
    return failed;
  }

  return async () => {
    for (;;) {
      const ids = store.due(clock.now(), TOGETHER);
      if (ids.length === 0) return;
      const failed = await turn(ids);
      for (const error of failed) log.warn('schedules', 'a schedule could not be worked on', { error });
      // What failed stays due: the next turn tries again, instead of this one without end.
      if (failed.length > 0) return;
    }
  };
}

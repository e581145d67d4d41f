import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimFrom, endWith, openStore, type StoreHarness } from '../../../../../tests/support/task-store.ts';
import { isTerminal, TASK_STATUSES, type TaskStatus } from '../../../../contract/automation/tasks.ts';
import { newToken } from '../run/run-env.ts';
import type { AttemptEnd } from '../store/end-store.ts';
import type { TaskStore } from '../store/store.ts';
import { problem } from './problems.ts';
import { next, TRANSITIONS, type TransitionName } from './transitions.ts';

let harness: StoreHarness;
let other: ReturnType<StoreHarness['second']>;
beforeEach(() => {
  harness = openStore();
  other = harness.second();
});
afterEach(() => {
  other.close();
  harness[Symbol.dispose]();
});

/** Ends of an attempt that the store offers, with what they are called in the table. */
const ENDS: AttemptEnd['name'][] = ['succeed', 'fail', 'dead_letter', 'time_out', 'retry', 'interrupt', 'cancel'];

type Action = { writer: 0 | 1; act: TransitionName | 'late'; end: AttemptEnd['name'] };
const action: fc.Arbitrary<Action> = fc.record({
  writer: fc.constantFrom(0, 1),
  act: fc.constantFrom(
    'due',
    'claim',
    'release',
    'cancel',
    'late',
    'succeed',
    'fail',
    'dead_letter',
    'time_out',
    'retry',
    'interrupt',
  ),
  end: fc.constantFrom(...ENDS),
});

/** What the database would be without SQL: the table alone. */
interface Model {
  status: TaskStatus;
  token: string | null;
  old: string[];
}

function endOfAttempt(name: AttemptEnd['name'], now: number): AttemptEnd {
  return endWith({
    name,
    attemptStatus: name === 'succeed' ? 'succeeded' : 'failed',
    error: name === 'succeed' ? null : problem('script-error'),
    next: name === 'retry' ? { dueAt: now, rank: now } : null,
  });
}

/** Does one action on the store and on the model. @returns false when the two disagree on whether it was possible */
function step(store: TaskStore, id: string, model: Model, { act, end }: Action, now: number): boolean {
  if (act === 'late') {
    const token = model.old.at(-1) ?? newToken();
    return (
      store.finish(token, endOfAttempt(end, now)) === null &&
      !store.appendDetails(token, { steps: [], progress: { percent: 1, message: null } }) &&
      store.heartbeat([token], now + 1).size === 0 &&
      !store.release(token)
    );
  }
  if (act === 'due') {
    const wanted = next(model.status, 'due');
    const promoted = store.promote() > 0;
    if (wanted) model.status = wanted;
    return promoted === (wanted !== null);
  }
  if (act === 'claim') {
    const claimed = claimFrom(store, now);
    const wanted = next(model.status, 'claim');
    if (wanted) Object.assign(model, { status: wanted, token: claimed?.attempt_token ?? null });
    return (claimed?.id === id) === (wanted !== null);
  }
  if (act === 'cancel' && model.token === null) {
    const wanted = next(model.status, 'cancel');
    let threw = false;
    try {
      store.cancelIdle(id);
    } catch {
      threw = true;
    }
    if (wanted) model.status = wanted;
    return threw === (wanted === null);
  }
  // Everything else needs the token of the attempt that is running.
  const token = model.token ?? newToken();
  const wanted = model.token === null ? null : next(model.status, act);
  const done =
    act === 'release'
      ? store.release(token)
      : store.finish(token, endOfAttempt(act as AttemptEnd['name'], now)) !== null;
  if (wanted) {
    if (model.token !== null) model.old.push(model.token);
    Object.assign(model, { status: wanted, token: null });
  }
  return done === (wanted !== null);
}

test('only what the table lists happens, by whichever of two writers, in any order; the rest leaves the row as it was', () => {
  fc.assert(
    fc.property(fc.array(action, { minLength: 1, maxLength: 40 }), fc.boolean(), (actions, scheduled) => {
      const { core, store } = harness;
      core.db.raw.exec('DELETE FROM task');
      const id = harness.add({ max_attempts: 100, status: scheduled ? 'scheduled' : 'queued' });
      const model: Model = { status: scheduled ? 'scheduled' : 'queued', token: null, old: [] };
      for (const one of actions) {
        const before = store.get(id);
        const was = { ...model };
        const agreed = step(one.writer === 0 ? store : other.store, id, model, one, core.clock.now());
        expect(agreed, `${one.act} in ${was.status}`).toBe(true);
        const row = store.get(id);
        expect(row?.status).toBe(model.status);
        if (was.status === model.status) expect(row).toEqual(before);
        expect(row?.attempt_token === null).toBe(model.token === null);
        if (isTerminal(model.status)) expect(row?.finished_at).not.toBeNull();
      }
      const ended = core.events.listOf(id, 0, 1000).filter((change) => change.type === 'task.ended');
      expect(ended).toHaveLength(isTerminal(model.status) ? 1 : 0);
      const counts = store.counts();
      expect(TASK_STATUSES.reduce((sum, name) => sum + counts[name], 0)).toBe(1);
      expect(counts[model.status]).toBe(1);
    }),
    { numRuns: process.env.TABAGENT_FAULTS === 'long' ? 5000 : 400 },
  );
}, 120_000);

test('nothing leaves a terminal state, and every state but waiting can be reached', () => {
  for (const name of Object.keys(TRANSITIONS) as TransitionName[]) {
    for (const status of TASK_STATUSES.filter(isTerminal))
      expect(next(status, name), `${name} from ${status}`).toBeNull();
  }
  const reached = new Set<TaskStatus>(['scheduled', 'queued', ...Object.values(TRANSITIONS).map(({ to }) => to)]);
  expect([...reached].sort()).toEqual(TASK_STATUSES.filter((status) => status !== 'waiting').sort());
});

/** Makes a transition through the store's own statement. @returns whether a row was changed */
const statements: Record<TransitionName, (store: TaskStore, id: string, token: string, now: number) => boolean> = {
  due: (store) => store.promote() > 0,
  claim: (store, _id, _token, now) => claimFrom(store, now) !== null,
  release: (store, _id, token) => store.release(token),
  ...(Object.fromEntries(
    ENDS.map((name) => [
      name,
      (store: TaskStore, _id: string, token: string, now: number) =>
        store.finish(token, endOfAttempt(name, now)) !== null,
    ]),
  ) as Record<AttemptEnd['name'], (store: TaskStore, id: string, token: string, now: number) => boolean>),
  cancel(store, id, token, now) {
    if (store.finish(token, endOfAttempt('cancel', now)) !== null) return true;
    try {
      store.cancelIdle(id);
      return true;
    } catch {
      return false;
    }
  },
};

test('each statement takes rows from exactly the states that the table lists, and leaves them in the listed state', () => {
  const { store, core } = harness;
  for (const name of Object.keys(statements) as TransitionName[]) {
    for (const status of TASK_STATUSES) {
      core.db.raw.exec('DELETE FROM task');
      const id = harness.add();
      const token = newToken();
      core.db.raw
        .prepare('UPDATE task SET status = ?, attempt_token = ?, attempt = 1 WHERE id = ?')
        .run(status, token, id);
      const wanted = next(status, name);
      expect(statements[name](store, id, token, core.clock.now()), `${name} from ${status}`).toBe(wanted !== null);
      expect(store.status(id), `${name} from ${status}`).toBe(wanted ?? status);
    }
  }
});

test('a worker that comes back after its lease was taken over changes nothing (zombie fence)', () => {
  const { store, core } = harness;
  const id = harness.add({ max_attempts: 3 });
  const zombie = harness.claim({ leaseUntil: core.clock.now() - 1 });
  const [orphan] = other.store.expired();
  expect(orphan?.attempt_token).toBe(zombie?.attempt_token);
  const token = zombie?.attempt_token ?? '';
  other.store.finish(
    token,
    endWith({ name: 'retry', attemptStatus: 'interrupted', next: { dueAt: core.clock.now(), rank: 0 } }),
  );
  other.store.promote();
  const winner = claimFrom(other.store, core.clock.now(), { owner: 'other' });
  // The first worker wakes up.
  expect(store.heartbeat([token], core.clock.now() + 15_000).size).toBe(0);
  expect(
    store.appendDetails(token, { steps: [{ t: 'start', seq: 1, parent: null, name: 'late', at: 1 }], progress: null }),
  ).toBe(false);
  expect(store.finish(token, endWith({ output: 'late' }))).toBeNull();
  expect(other.store.finish(winner?.attempt_token ?? '', endWith({ output: 'winner' }))).toBe('succeeded');
  expect(store.get(id)).toMatchObject({ status: 'succeeded', output: '"winner"', attempt: 2 });
  expect(store.attempts(id).map((attempt) => attempt.status)).toEqual(['interrupted', 'succeeded']);
  expect(store.steps(id)).toEqual([]);
});

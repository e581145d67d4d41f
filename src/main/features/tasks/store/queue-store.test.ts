import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endWith, newTask, openStore, type StoreHarness } from '../../../../../tests/support/task-store.ts';
import type { AttemptEnd } from './end-store.ts';

let harness: StoreHarness;
beforeEach(() => {
  harness = openStore();
});
afterEach(() => harness[Symbol.dispose]());

const HOUR = 3_600_000;
const HANDICAP = [0, HOUR, 6 * HOUR, 24 * HOUR];

describe('the order of the queue', () => {
  // Would catch: a lane that starves, or a place in the queue that is shown and is not the one that counts.
  test('is due time plus the handicap of the lane; the places shown are the order in which they start', () => {
    const arrivals = fc.array(
      fc.record({ lane: fc.integer({ min: 0, max: 3 }), wait: fc.integer({ min: 0, max: 10 * HOUR }) }),
      {
        minLength: 1,
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(arrivals, (tasks) => {
        const { core, store } = harness;
        core.db.raw.exec('DELETE FROM task');
        const made = tasks.map(({ lane, wait }) => {
          core.clock.advance(wait);
          return { id: harness.add({ priority: lane }), place: core.clock.now() + (HANDICAP[lane] ?? 0) };
        });
        const order = made.sort((a, b) => a.place - b.place || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
        const rows = order.map((id) => store.get(id)).filter((row) => row !== null);
        const places = store.positions([...rows].reverse());
        expect(order.map((id) => places.get(id))).toEqual(order.map((_, i) => i + 1));
        // Of some rows only, as on a page of a list.
        const some = rows.filter((_, i) => i % 3 === 1);
        expect([...store.positions(some).values()]).toEqual(some.map((row) => order.indexOf(row.id) + 1));
        const lanes = store.lanes();
        expect(lanes.reduce((sum, lane) => sum + lane.n, 0)).toBe(order.length);
        expect(order.map(() => harness.claim()?.id)).toEqual(order);
        expect(store.lanes()).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('a lane that arrives for ever never holds up a slower one for longer than its handicap', () => {
    const { core } = harness;
    const batch = harness.add({ priority: 3 });
    let claimed: string | undefined;
    let hours = 0;
    for (; claimed !== batch && hours < 48; hours++) {
      core.clock.advance(HOUR);
      harness.add({ priority: 0 });
      claimed = harness.claim()?.id;
    }
    expect(hours).toBe(24);
  });
});

describe('what has become due', () => {
  test('comes into the queue in portions, those that wait longest first, until nothing is due', () => {
    const { core, store } = harness;
    const now = core.clock.now();
    const rows = Array.from({ length: 1234 }, (_, i) =>
      newTask(now, { status: 'scheduled', due_at: now + 1 + ((i * 7919) % 1234) }),
    );
    store.insert(rows);
    expect([store.promote(), store.nextDue()]).toEqual([0, now + 1]);
    core.clock.advance(1000);
    expect(store.promote()).toBe(500);
    expect(store.nextDue()).toBe(now + 501);
    expect([store.promote(), store.promote()]).toEqual([500, 0]);
    expect(store.nextDue()).toBe(now + 1001);
    core.clock.advance(10_000);
    expect([store.promote(), store.promote(), store.nextDue()]).toEqual([234, 0, null]);
    expect(store.counts()).toMatchObject({ queued: 1234, scheduled: 0 });
  });

  test('an attempt that is tried again keeps its lane and waits its time', () => {
    const { core, store } = harness;
    const id = harness.add({ priority: 2, max_attempts: 3 });
    const due = core.clock.now() + 5000;
    const next: AttemptEnd['next'] = { dueAt: due, rank: due + 6 * HOUR };
    store.finish(harness.claim()?.attempt_token ?? '', endWith({ name: 'retry', attemptStatus: 'failed', next }));
    expect([store.promote(), store.nextDue(), harness.claim()]).toEqual([0, due, null]);
    core.clock.advance(5000);
    expect(store.promote()).toBe(1);
    expect(harness.claim()).toMatchObject({ id, attempt: 2, priority: 2 });
  });
});

describe('a claimed task', () => {
  test('that is given back from a later attempt keeps its history and the number of the next attempt', () => {
    const { core, store } = harness;
    const id = harness.add({ max_attempts: 3 });
    const first = harness.claim();
    const began = store.get(id)?.started_at;
    core.clock.advance(1000);
    const next = { dueAt: core.clock.now(), rank: 0 };
    const log = { lines: 7, bytes: 70, dropped: 1 };
    store.finish(first?.attempt_token ?? '', endWith({ name: 'retry', attemptStatus: 'failed', next, log }));
    store.promote();
    const second = harness.claim();
    expect(store.release(second?.attempt_token ?? '')).toBe(true);
    expect(store.release(second?.attempt_token ?? '')).toBe(false);
    expect(store.get(id)).toMatchObject({ status: 'queued', attempt: 1, started_at: began, bytes: 70 });
    expect(store.attempts(id)).toMatchObject([{ number: 1, log_lines: 7, log_dropped: 1 }]);
    harness.claim();
    // Its lines go on after those of the first attempt.
    expect(store.attempts(id)[1]).toMatchObject({ number: 2, status: 'running', log_first_seq: 8 });
  });

  test('keeps its lease by its token alone: of another one, of an ended one and of nonsense nothing is extended', () => {
    const { core, store } = harness;
    for (let n = 0; n < 3; n++) harness.add();
    const [a, b] = [harness.claim(), harness.claim()];
    store.finish(b?.attempt_token ?? '', endWith());
    const until = core.clock.now() + 99_000;
    const tokens = [a?.attempt_token ?? '', b?.attempt_token ?? '', 'nonsense', '"]', ''];
    expect([...store.heartbeat(tokens, until)]).toEqual([a?.attempt_token]);
    expect(store.get(a?.id ?? '')?.lease_until).toBe(until);
    expect(store.heartbeat([], until).size).toBe(0);
    core.clock.advance(98_999);
    expect(store.expired()).toEqual([]);
    core.clock.advance(2);
    expect(store.expired().map((orphan) => orphan.id)).toEqual([a?.id]);
    expect(store.orphans('me')).toEqual([]);
    expect(store.orphans('a later host').map((orphan) => orphan.id)).toEqual([a?.id]);
  });

  test('forgets progress and the wish to cancel of the attempt before', () => {
    const { core, store } = harness;
    const id = harness.add({ max_attempts: 2 });
    const token = harness.claim()?.attempt_token ?? '';
    store.appendDetails(token, { steps: [], progress: { percent: 50, message: 'half' } });
    expect(store.requestCancel(id)).toBe(true);
    store.finish(
      token,
      endWith({ name: 'retry', attemptStatus: 'failed', next: { dueAt: core.clock.now(), rank: 0 } }),
    );
    expect(store.requestCancel(id)).toBe(false);
    store.promote();
    harness.claim();
    expect(store.get(id)).toMatchObject({ progress: null, cancel_requested: 0 });
  });
});

// Would catch: rows of a batch that are written although a later one fails, or their events without them.
test('an insert is all or nothing, with one event for each row', () => {
  const { core, store } = harness;
  const rows = Array.from({ length: 5 }, () => newTask(core.clock.now()));
  const twice = [...rows, rows[0] ?? newTask(0)];
  const head = core.events.head();
  expect(() => store.insert(twice)).toThrow(/UNIQUE/);
  expect([store.counts().queued, core.events.head()]).toEqual([0, head]);
  store.insert(rows);
  expect(core.events.list(head, 100).map((change) => [change.type, change.id])).toEqual(
    rows.map((row) => ['task.created', row.id]),
  );
  store.insert([]);
  expect(store.counts().queued).toBe(5);
});

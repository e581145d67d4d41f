import { afterEach, beforeEach, expect, test } from 'vitest';
import { openScheduleHost, type ScheduleHost } from '../../../../tests/support/schedules.ts';
import type { TaskFactory } from '../tasks/index.ts';
import { createFire } from './fire.ts';
import type { ScheduleRow } from './schema.ts';
import { createScheduleStore } from './store.ts';
import { comeOf } from './time/come.ts';

const HOUR = 3_600_000;
let host: ScheduleHost;
beforeEach(() => {
  host = openScheduleHost('2026-01-01T09:30:00Z');
});
afterEach(() => host.dispose());

/** Firing over a factory of tasks that the test may stand in front of. */
function fireWith(prepare: TaskFactory['prepare'] = host.tasks.factory.prepare) {
  const { db, events, clock, log, tasks } = host;
  return createFire({
    ...{ db, clock, log, store: createScheduleStore(db, events) },
    factory: { ...tasks.factory, prepare },
    openOf: tasks.service.openOf,
    cancel: (id) => tasks.service.cancel(id, false),
  });
}

// Would catch: a task of a schedule that was switched off, deleted or changed in the moment in which it was due.
test.each([
  ['switched off', (id: never) => host.service.update(id, { enabled: false }, {})],
  ['deleted', async (id: never) => host.service.remove(id)],
] as const)('nothing starts when it is %s while its task is prepared', async (_what, change) => {
  const { id } = await host.make(await host.command(), {});
  host.clock.advance(HOUR);
  const reached = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const fired = fireWith(async (...asked) => {
    const prepared = await host.tasks.factory.prepare(...asked);
    reached.resolve();
    await go.promise;
    return prepared;
  })();
  await reached.promise;
  await change(id as never);
  go.resolve();
  await fired;
  expect(host.db.raw.prepare('SELECT count(*) FROM task').pluck().get()).toBe(0);
  expect(host.db.raw.prepare('SELECT count(*) FROM schedule_tick').pluck().get()).toBe(0);
});

// Would catch: one schedule that cannot be written and keeps all from starting that are due with it, or is lost itself.
test('of schedules that are due together, one that fails stays due, and the others start once', async () => {
  const [good, bad] = [await host.command({ name: 'Good' }), await host.command({ name: 'Bad' })];
  const before = await host.make(good, {});
  const failing = await host.make(bad, {});
  const after = await host.make(good, {});
  host.clock.advance(HOUR / 2);
  host.db.raw.exec(
    "CREATE TRIGGER broken BEFORE INSERT ON task WHEN NEW.command_name = 'Bad' BEGIN SELECT RAISE(ABORT, 'no'); END",
  );
  await fireWith()();
  expect([before, failing, after].map(({ id }) => host.ledger(id))).toEqual([
    ['01-01 10:00 ran'],
    [],
    ['01-01 10:00 ran'],
  ]);
  host.db.raw.exec('DROP TRIGGER broken');
  await fireWith()();
  expect([before, failing, after].map(({ id }) => host.tasksOf(id).length)).toEqual([1, 1, 1]);
});

// Would catch: a line of the ledger without its task, or a task without its line, when the transaction fails in the middle.
test('a transaction that fails leaves neither a line nor a task, and the time is due still', async () => {
  const { id } = await host.make(await host.command(), {});
  host.clock.advance(HOUR / 2);
  host.db.raw.exec("CREATE TRIGGER broken BEFORE INSERT ON task BEGIN SELECT RAISE(ABORT, 'no'); END");
  await fireWith()();
  expect(host.ledger(id)).toEqual([]);
  expect(host.service.get(id).next_run_at).toBe('2026-01-01T10:00:00.000Z');
  host.db.raw.exec('DROP TRIGGER broken');
  await fireWith()();
  expect(host.ledger(id)).toEqual(['01-01 10:00 ran']);
});

test('two hundred of one moment all start, each once', async () => {
  const command = await host.command();
  for (let n = 0; n < 200; n++) await host.make(command, { name: `Schedule ${n}` });
  host.clock.advance(HOUR / 2);
  const fire = fireWith();
  await Promise.all([fire(), fire()]);
  const each = host.db.raw.prepare('SELECT count(*) FROM task GROUP BY schedule_id').pluck().all();
  expect(each).toHaveLength(200);
  expect(new Set(each)).toEqual(new Set([1]));
});

// Would catch: a ledger of millions of lines, or a host that counts them, after a month or a year in a drawer.
test.each([
  [{ kind: 'interval', seconds: 5 }, 30],
  [{ kind: 'cron', expr: '* * * * * *', timezone: 'Europe/Berlin', gap: 'run_after' }, 400],
] as const)('after a long pause the last thousand times of %j have a line each', (trigger, days) => {
  const row = { trigger, anchor: 0, start_at: null, end_at: null, next_run_at: 5000 } as ScheduleRow;
  const now = days * 24 * HOUR;
  const { times, uncounted, next } = comeOf(row, now);
  expect(times).toHaveLength(1000);
  expect(uncounted).toBeGreaterThan(2000);
  const apart = trigger.kind === 'interval' ? 5000 : 1000;
  expect([times[0], times.at(-1), next]).toEqual([now - 999 * apart, now, now + apart]);
});

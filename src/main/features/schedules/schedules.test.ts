import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { every, HOUR, MINUTE, openScheduleHost, type ScheduleHost } from '../../../../tests/support/schedules.ts';
import { claimFrom } from '../../../../tests/support/task-store.ts';

let host: ScheduleHost;
beforeEach(async () => {
  host = openScheduleHost('2026-01-01T09:30:00Z');
  await host.start();
});
afterEach(() => host.dispose());

describe('a time that comes', () => {
  test('makes its task, with the input of the schedule, and gets a line', async () => {
    const schema = { type: 'object', properties: { place: { type: 'string' }, count: { type: 'number' } } };
    const command = await host.command({ input_schema: schema, defaults: { place: 'Oslo', count: 3 } });
    const { id } = await host.make(command, { input: { count: 5 }, priority: 'low' });
    expect(host.service.get(id)).toMatchObject({ next_run_at: '2026-01-01T10:00:00.000Z', words: 'Every hour (UTC)' });
    host.clock.advance(29 * MINUTE);
    expect(host.tasksOf(id)).toEqual([]);
    host.clock.advance(MINUTE);
    expect(await host.lines(id, 1)).toEqual(['01-01 10:00 ran']);
    const [task] = host.tasksOf(id);
    expect(task).toMatchObject({
      schedule_id: id,
      status: 'queued',
      priority: 'low',
      input: { place: 'Oslo', count: 5 },
    });
    expect(host.service.get(id)).toMatchObject({ next_run_at: '2026-01-01T11:00:00.000Z', last_task_id: task?.id });
  });

  test('makes one task for each profile', async () => {
    const command = await host.command();
    const [one, two] = [await host.profile('One'), await host.profile('Two')];
    const { id } = await host.make(command, { profile_ids: [one.id, two.id] });
    host.clock.advance(30 * MINUTE);
    await host.lines(id, 1);
    expect(
      host
        .tasksOf(id)
        .map((task) => task.profile_id)
        .sort(),
    ).toEqual([one.id, two.id].sort());
  });

  // Would catch: a start that is repeated after a restart, or by a clock that shows the same hour again.
  test('makes them once, over a restart and a clock that is set back', async () => {
    const { id } = await host.make(await host.command(), {});
    host.clock.advance(30 * MINUTE);
    await host.lines(id, 1);
    await host.restart();
    host.finishAll();
    host.clock.step(-2 * HOUR);
    await host.pass(2 * HOUR);
    await host.restart();
    expect(host.ledger(id)).toEqual(['01-01 10:00 ran']);
    await host.pass(HOUR);
    expect(await host.lines(id, 2)).toEqual(['01-01 11:00 ran', '01-01 10:00 ran']);
    expect(host.tasksOf(id)).toHaveLength(2);
  });

  // Would catch: a loop over a time that cannot be settled, because it has been.
  test('is left out when it comes again after the clock was set back and the trigger edited', async () => {
    const { id } = await host.make(await host.command(), { overlap: 'queue' });
    host.clock.advance(30 * MINUTE);
    await host.lines(id, 1);
    host.clock.step(-20 * MINUTE);
    const trigger = { kind: 'cron', expr: '0,45 * * * *', timezone: 'UTC', gap: 'run_after' } as const;
    expect((await host.service.update(id, { trigger }, {})).next_run_at).toBe('2026-01-01T09:45:00.000Z');
    await host.pass(70 * MINUTE);
    expect(await host.lines(id, 3)).toEqual(['01-01 10:45 ran', '01-01 10:00 ran', '01-01 09:45 ran']);
    expect(host.tasksOf(id)).toHaveLength(3);
  });

  test('is put off by at most the jitter', async () => {
    const { id } = await host.make(await host.command(), { jitter_seconds: 600 });
    host.clock.advance(30 * MINUTE);
    await host.lines(id, 1);
    const [task] = host.tasksOf(id);
    const runAt = Date.parse(task?.run_at ?? '2026-01-01T10:00:00.000Z');
    expect(runAt).toBeGreaterThanOrEqual(Date.parse('2026-01-01T10:00:00Z'));
    expect(runAt).toBeLessThan(Date.parse('2026-01-01T10:10:00Z'));
  });

  // Would catch: a schedule that stops, or takes the others with it, when its command cannot run.
  test('that cannot start has a line that says why, and the next one comes', async () => {
    const gone = await host.command({ name: 'Gone' });
    const broken = await host.make(gone, { name: 'Broken' });
    const fine = await host.make(await host.command(), { name: 'Fine' });
    host.commandService.remove(gone.id, 'test');
    host.clock.advance(30 * MINUTE);
    await host.lines(broken.id, 1);
    await host.lines(fine.id, 1);
    const [tick] = host.service.ticks(broken.id, { limit: 1 }).items;
    expect(tick).toMatchObject({
      outcome: 'skipped',
      task_id: null,
      reason: expect.stringContaining('There is no command'),
    });
    expect(host.ledger(fine.id)).toEqual(['01-01 10:00 ran']);
    expect(host.service.get(broken.id)).toMatchObject({ next_run_at: '2026-01-01T11:00:00.000Z', command_name: null });
  });
});

// A laptop that sleeps from half past nine for four hours: no event tells, the clock has moved on.
describe('times that passed in a sleep', () => {
  test.for([
    ['run_once', ['01-01 13:00 late', '01-01 12:00 missed', '01-01 11:00 missed', '01-01 10:00 missed']],
    ['run_all', ['01-01 13:00 late', '01-01 12:00 late', '01-01 11:00 late', '01-01 10:00 late']],
    ['skip', ['01-01 13:00 missed', '01-01 12:00 missed', '01-01 11:00 missed', '01-01 10:00 missed']],
  ] as const)('%s', async ([missed, expected]) => {
    const { id } = await host.make(await host.command(), { missed, overlap: 'queue' });
    host.clock.step(4 * HOUR);
    host.clock.advance(30_000);
    expect(await host.lines(id, 4)).toEqual(expected);
    expect(host.tasksOf(id)).toHaveLength(expected.filter((line) => line.endsWith('late')).length);
    expect(host.service.get(id).next_run_at).toBe('2026-01-01T14:00:00.000Z');
  });

  test('are found at the next start too', async () => {
    const { id } = await host.make(await host.command(), {});
    await host.stop();
    host.clock.advance(3 * HOUR);
    await host.restart();
    expect(await host.lines(id, 3)).toEqual(['01-01 12:00 late', '01-01 11:00 missed', '01-01 10:00 missed']);
  });
});

describe('while the task of the time before runs', () => {
  async function second(overlap: 'skip' | 'queue' | 'cancel_previous') {
    const { id } = await host.make(await host.command(), { overlap });
    host.clock.advance(30 * MINUTE);
    await host.lines(id, 1);
    const [first] = host.tasksOf(id);
    host.clock.advance(HOUR);
    const lines = await host.lines(id, 2);
    return { id, first, lines };
  }

  test('skip makes none', async () => {
    const { id, lines } = await second('skip');
    expect(lines).toEqual(['01-01 11:00 skipped', '01-01 10:00 ran']);
    expect(host.tasksOf(id)).toHaveLength(1);
  });

  test('queue makes one that waits for it', async () => {
    const { id, lines } = await second('queue');
    expect(lines).toEqual(['01-01 11:00 ran', '01-01 10:00 ran']);
    const claimed = claimFrom(host.store, host.clock.now(), { maxRunning: 5 });
    expect(claimed).not.toBeNull();
    expect(claimFrom(host.store, host.clock.now(), { maxRunning: 5 })).toBeNull();
    expect(host.tasksOf(id)).toHaveLength(2);
  });

  test('cancel_previous ends it', async () => {
    const { id, first, lines } = await second('cancel_previous');
    expect(lines).toEqual(['01-01 11:00 ran', '01-01 10:00 ran']);
    expect(host.tasks.service.get(first?.id ?? '').status).toBe('cancelled');
    expect(
      host
        .tasksOf(id)
        .map((task) => task.status)
        .sort(),
    ).toEqual(['cancelled', 'queued']);
  });
});

describe('intervals', () => {
  test('count seconds when the clock is set back', async () => {
    const { id } = await host.make(await host.command(), { trigger: every(10), overlap: 'queue' });
    host.clock.advance(10 * MINUTE);
    await host.lines(id, 1);
    host.clock.step(-2 * HOUR);
    host.clock.advance(10 * MINUTE);
    expect(await host.lines(id, 2)).toHaveLength(2);
  });

  test('keep to their grid, whatever a start takes', async () => {
    const { id } = await host.make(await host.command(), { trigger: every(10), overlap: 'queue' });
    for (let n = 1; n <= 3; n++) {
      host.clock.advance(10 * MINUTE + 700);
      await host.lines(id, n);
    }
    expect(host.ledger(id)).toEqual(['01-01 10:00 ran', '01-01 09:50 ran', '01-01 09:40 ran']);
  });
});

test('one time that has passed already runs once', async () => {
  const { id } = await host.make(await host.command(), { trigger: { kind: 'once', at: '2026-01-01T08:00:00.000Z' } });
  expect(await host.lines(id, 1)).toEqual(['01-01 08:00 late']);
  expect(host.service.get(id).next_run_at).toBeNull();
  host.clock.advance(HOUR);
  expect(host.tasksOf(id)).toHaveLength(1);
});

test('nothing starts in quiet hours, before the start or after the end', async () => {
  const quiet = { from: '09:45', to: '10:30', timezone: 'UTC' };
  const { id } = await host.make(await host.command(), { quiet, end_at: '2026-01-01T11:30:00.000Z' });
  const later = await host.make(await host.command(), { start_at: '2026-01-01T11:00:00.000Z' });
  await host.pass(3 * HOUR);
  await host.lines(id, 2);
  await host.lines(later.id, 1);
  expect(host.ledger(id)).toEqual(['01-01 11:00 ran', '01-01 10:00 skipped']);
  expect(host.service.get(id).next_run_at).toBeNull();
  expect(host.ledger(later.id).at(-1)).toBe('01-01 11:00 ran');
});

// Would catch: a secret of a schedule that is shown, lost by an edit that does not name it, or left behind.
test('secrets of the input are sealed, masked, kept by edits, given to the task, and go with the schedule', async () => {
  const schema = {
    type: 'object',
    properties: { password: { type: 'string', format: 'password' }, place: { type: 'string' } },
  };
  const { id } = await host.make(await host.command({ input_schema: schema }), {
    input: { password: 'tiger-lily', place: 'a' },
  });
  const shown = host.service.get(id);
  expect(JSON.stringify(shown)).not.toContain('tiger-lily');
  await host.service.update(id, { input: { ...shown.input, place: 'b' } }, {});
  const stored = host.db.raw.prepare('SELECT input FROM schedule').pluck().get() as string;
  expect(stored).not.toContain('tiger-lily');
  const count = () => host.db.raw.prepare('SELECT count(*) FROM secret WHERE owner = ?').pluck().get(`schedule:${id}`);
  expect(count()).toBe(1);
  host.clock.advance(30 * MINUTE);
  await host.lines(id, 1);
  const input = JSON.parse(String(host.db.raw.prepare('SELECT input FROM task').pluck().get())) as Record<
    string,
    { $secret: string }
  >;
  expect(await host.secrets.get(input.password?.$secret ?? '')).toBe('tiger-lily');
  expect(input.place).toBe('b');
  host.service.remove(id);
  host.service.purge(host.clock.now() + 1);
  expect(count()).toBe(0);
});

test('a run by hand makes a task beside the times', async () => {
  const { id } = await host.make(await host.command(), { enabled: false });
  const made = await host.service.run(id);
  expect(made).toMatchObject({ schedule_id: id, status: 'queued' });
  expect(host.service.get(id)).toMatchObject({ last_task_id: 'id' in made ? made.id : '', recent: [] });
});

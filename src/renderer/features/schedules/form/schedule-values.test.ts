import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Schedule } from '../../../../contract/automation/schedule/schedules.ts';
import { ScheduleCreate } from '../../../../contract/automation/schedule/schedules.ts';
import { fieldErrors, inputOf, problemsOf, type ScheduleValues, triggerOf, valuesOf } from './schedule-values.ts';

const CMD = `cmd_${'0'.repeat(26)}`;
const fresh = valuesOf(null);
const filled: ScheduleValues = { ...fresh, name: 'Every morning', command: CMD };
/** Any millisecond, also in the hours that a clock shows twice. */
const moment = fc
  .date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2037-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const timeOfDay = fc
  .record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.integer({ min: 0, max: 59 }) })
  .map(({ hour, minute }) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);

/** What the host may hold of a schedule, as far as the form edits it. */
const schedule = fc.record({
  name: fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.trim() === text && text !== ''),
  target: fc.constant({ command_id: CMD }),
  profile_ids: fc.constantFrom([], [`prf_${'0'.repeat(26)}`]),
  trigger: fc.oneof(
    fc.record({
      kind: fc.constant('cron' as const),
      expr: fc.constantFrom('30 7 * * 1-5', '@daily', '0 0 L * *'),
      timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe'),
      gap: fc.constantFrom('run_after' as const, 'skip' as const),
    }),
    fc.record({ kind: fc.constant('interval' as const), seconds: fc.integer({ min: 5, max: 31_536_000 }) }),
    fc.record({ kind: fc.constant('once' as const), at: moment }),
    fc.record({
      kind: fc.constant('event' as const),
      on: fc.constantFrom('task.ended', 'proxy.down'),
      where: fc.constantFrom({}, { '/task/status': ['failed', 'dead'], '/a~1b': ['1'] }),
      map: fc.constantFrom({}, { place: '/task/output/place' }),
      min_interval_seconds: fc.integer({ min: 0, max: 86_400 }),
    }),
    fc.record({
      kind: fc.constant('webhook' as const),
      where: fc.constantFrom({}, { '/body/ref': ['main'] }),
      map: fc.constantFrom({}, { place: '/body/place' }),
      min_interval_seconds: fc.integer({ min: 0, max: 86_400 }),
    }),
  ),
  missed: fc.constantFrom('skip', 'run_once', 'run_all'),
  overlap: fc.constantFrom('skip', 'queue', 'cancel_previous'),
  priority: fc.constantFrom('urgent', 'normal', 'low', 'batch'),
  jitter_seconds: fc.integer({ min: 0, max: 86_400 }),
  quiet: fc.option(fc.record({ from: timeOfDay, to: timeOfDay, timezone: fc.constantFrom('UTC', 'Asia/Tokyo') })),
  start_at: fc.option(moment),
  end_at: fc.option(moment),
});

// Catches a schedule that another zone, unit, second or empty field changes when it is only opened and saved: one that has run would run again.
test('a schedule that is opened and saved unchanged is the same', () => {
  fc.assert(
    fc.property(schedule, (fields) => {
      const opened = fields as unknown as Schedule;
      const values = valuesOf(opened);
      const trigger = triggerOf(values, opened);
      if (trigger === null) throw new Error('no trigger');
      expect(trigger).toEqual(fields.trigger);
      expect(inputOf(values, trigger, opened)).toEqual(fields);
      expect(problemsOf(values)).toEqual({});
      expect(ScheduleCreate.safeParse({ ...inputOf(values, trigger, opened), input: {} }).success).toBe(true);
    }),
  );
});

describe('what is missing is said at its field', () => {
  test.for<[change: Partial<ScheduleValues>, field: string, message: string]>([
    [{ name: '  ' }, 'name', 'Name is required'],
    [{ command: null }, 'command', 'Choose a command'],
    [{ expr: ' ' }, 'expr', 'A pattern is required'],
    [{ kind: 'interval', every: '' }, 'every', 'At least 5 seconds'],
    [{ kind: 'interval', every: 4, unit: 'seconds' }, 'every', 'At least 5 seconds'],
    [{ kind: 'once', at: '' }, 'at', 'A time is required'],
    [
      { kind: 'event', where: [{ path: 'status', values: ['a'] }] },
      'where',
      'A path begins with a slash, like /task/status',
    ],
    [{ kind: 'event', map: [{ name: 'a', path: 'id' }] }, 'map', 'A path begins with a slash, like /task/status'],
    [
      { kind: 'webhook', where: [{ path: 'ref', values: ['a'] }] },
      'where',
      'A path begins with a slash, like /task/status',
    ],
    [{ quietFrom: '22:00' }, 'quietTo', 'Both times are required'],
  ])('%j', ([change, field, message]) => {
    expect(problemsOf({ ...filled, ...change })).toEqual({ [field]: message });
  });

  test('nothing is, once it is whole', () => {
    expect(problemsOf(filled)).toEqual({});
    expect(problemsOf({ ...filled, kind: 'interval', every: 10, unit: 'minutes' })).toEqual({});
  });
});

// Catches an interval of an hour that is shown as 3600 seconds, or as a fraction of a day.
test.for([
  [60, 1, 'minutes'],
  [5400, 90, 'minutes'],
  [7200, 2, 'hours'],
  [172_800, 2, 'days'],
  [45, 45, 'seconds'],
] as const)('an interval of %i seconds is %i %s', ([seconds, every, unit]) => {
  const values = valuesOf({ target: { command_id: CMD }, trigger: { kind: 'interval', seconds } } as Schedule);
  expect([values.every, values.unit]).toEqual([every, unit]);
});

test('a refusal of the host stands at the field that it is about', () => {
  expect(
    fieldErrors({
      'trigger.expr': 'is not a pattern',
      '/target/command_id': 'is gone',
      end_at: 'too early',
      'input.a': 'x',
      'trigger.map.place': 'no such input',
    }),
  ).toEqual({
    ...{ expr: 'is not a pattern', command: 'is gone', end: 'too early', input: 'x', map: 'no such input' },
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCronTimes } from './cron.ts';
import { offsetAt, stretchesOf } from './zone.ts';

const at = (iso: string) => Date.parse(iso);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The first fires after an instant. */
function fires(expression: string, zone: string, after: string, count: number, gap?: 'skip'): string[] {
  const times = createCronTimes(expression, zone, gap);
  const found: string[] = [];
  for (let from = at(after); found.length < count; ) {
    const next = times.next(from);
    if (next === null) break;
    found.push(new Date(next).toISOString().replace(':00.000Z', 'Z'));
    from = next;
  }
  return found;
}

// Berlin: 2026-03-29 02:00 → 03:00 (01:00Z), 2026-10-25 03:00 → 02:00 (01:00Z). Lord Howe turns its clock by half an hour.
describe('where the clock is turned', () => {
  test.for([
    [
      'a fixed time in a gap fires once, right after it',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00:00Z',
      ['2026-03-29T01:00Z', '2026-03-30T00:30Z'],
    ],
    [
      'several of them in one gap too',
      '0,30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00:00Z',
      ['2026-03-29T01:00Z', '2026-03-30T00:00Z'],
    ],
    [
      'and one that falls on its end',
      '30 2,3 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00:00Z',
      ['2026-03-29T01:00Z', '2026-03-29T01:30Z'],
    ],
    [
      'a pattern fires at the times that there are',
      '*/30 * * * *',
      'Europe/Berlin',
      '2026-03-29T00:20:00Z',
      ['2026-03-29T00:30Z', '2026-03-29T01:00Z', '2026-03-29T01:30Z'],
    ],
    [
      'a pattern of hours that are missing fires the next day',
      '15 2-2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00:00Z',
      ['2026-03-30T00:15Z'],
    ],
    [
      'a fixed time that comes twice fires the first time',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00:00Z',
      ['2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    ],
    [
      'a pattern fires both times',
      '30 * * * *',
      'Europe/Berlin',
      '2026-10-24T23:45:00Z',
      ['2026-10-25T00:30Z', '2026-10-25T01:30Z', '2026-10-25T02:30Z'],
    ],
    [
      'half an hour forward',
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T00:00:00Z',
      ['2026-10-03T15:30Z', '2026-10-04T15:15Z'],
    ],
    [
      'half an hour back',
      '45 1 * * *',
      'Australia/Lord_Howe',
      '2026-04-04T00:00:00Z',
      ['2026-04-04T14:45Z', '2026-04-05T15:15Z'],
    ],
  ] as const)('%s', ([, expression, zone, after, expected]) => {
    expect(fires(expression, zone, after, expected.length)).toEqual(expected);
  });

  test('a schedule may leave out what a gap swallows', () => {
    expect(fires('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 1, 'skip')).toEqual(['2026-03-30T00:30Z']);
    // Once a year, and that once in the gap.
    expect(fires('30 2 29 3 *', 'Europe/Berlin', '2026-03-01T00:00:00Z', 1, 'skip')).toEqual(['2027-03-29T00:30Z']);
  });
});

describe('what croner reads', () => {
  test.for([
    ['0 0 L * *', '2026-11-30T00:00Z'],
    ['0 0 15W 11 *', '2027-11-15T00:00Z'],
    ['0 0 * * FRI#2', '2026-12-11T00:00Z'],
    ['@monthly', '2026-12-01T00:00Z'],
    ['0 0 29 FEB *', '2028-02-29T00:00Z'],
  ] as const)('%s', ([expression, expected]) => {
    expect(fires(expression, 'UTC', '2026-11-28T12:00:00Z', 1)).toEqual([expected]);
  });

  test('seconds, when there are six fields', () => {
    const times = createCronTimes('*/20 0 0 * * *', 'UTC');
    expect(times.next(at('2026-11-28T00:00:00Z'))).toBe(at('2026-11-28T00:00:20Z'));
    expect(times.next(at('2026-11-28T00:00:40Z'))).toBe(at('2026-11-29T00:00:00Z'));
  });

  // Would catch: a search for a day that never comes, which would hold up the host.
  test.for(['0 0 30 2 *', '0 0 31 4,6,9,11 *'])('%s never fires', (expression) => {
    expect(createCronTimes(expression, 'Europe/Berlin').next(at('2026-01-01T00:00:00Z'))).toBeNull();
  });

  test.for(['', 'x', '60 * * * *', '* * *', '* * * * * * *', '@reboot', '1-0 * * * *'])('not %j', (expression) => {
    expect(() => createCronTimes(expression, 'UTC')).toThrow();
  });
});

/** Zones in which a clock is turned between 2024 and 2027, with every such moment. */
const turns = Intl.supportedValuesOf('timeZone').flatMap((zone) => {
  const found: { zone: string; moment: number }[] = [];
  for (let month = 0; month < 48; month++) {
    const [from, to] = [Date.UTC(2024, month), Date.UTC(2024, month + 1)];
    if (offsetAt(zone, from) === offsetAt(zone, to)) continue;
    for (const { to: moment } of stretchesOf(zone, from, to)) {
      if (Number.isFinite(moment)) found.push({ zone, moment });
    }
  }
  return found;
});

/** Every minute of a window, with what the wall shows, as the rules of the file comment read. */
function oracle(
  zone: string,
  minuteOfDay: (wall: number) => boolean,
  isFixed: boolean,
  from: number,
  to: number,
): number[] {
  const found: number[] = [];
  const shown = new Set<number>();
  let last = from + offsetAt(zone, from);
  for (let instant = from; instant <= to; instant += 60_000) {
    const wall = instant + offsetAt(zone, instant);
    let fired = false;
    if (isFixed) for (let skipped = last + 60_000; skipped < wall; skipped += 60_000) fired ||= minuteOfDay(skipped);
    if (minuteOfDay(wall) && !(isFixed && shown.has(wall))) fired = true;
    shown.add(wall);
    if (fired) found.push(instant);
    last = Math.max(last, wall);
    if (!isFixed) last = wall;
  }
  return found;
}

// Would catch: a rule of gaps or overlaps that holds for Berlin only; an occurrence that is lost, doubled, or not after the one before it.
test('at every turn of every clock from 2024 to 2027, fires are those of a walk over the minutes', {
  timeout: 60_000,
}, () => {
  expect(new Set(turns.map(({ zone }) => zone)).size).toBeGreaterThan(100);
  const minute = fc.integer({ min: 0, max: 59 });
  const hour = fc.integer({ min: 0, max: 23 });
  const step = fc.constantFrom(5, 7, 15, 20, 30);
  const pattern = fc.oneof(
    fc.record({ minute, hour }).map((one) => ({
      expression: `${one.minute} ${one.hour} * * *`,
      matches: (h: number, m: number) => h === one.hour && m === one.minute,
      isFixed: true,
    })),
    fc.record({ minute }).map((one) => ({
      expression: `${one.minute} * * * *`,
      matches: (_h: number, m: number) => m === one.minute,
      isFixed: false,
    })),
    fc.record({ step, hour }).map((one) => ({
      expression: `*/${one.step} ${one.hour} * * *`,
      matches: (h: number, m: number) => h === one.hour && m % one.step === 0,
      isFixed: false,
    })),
  );
  fc.assert(
    fc.property(fc.constantFrom(...turns), pattern, fc.integer({ min: -2880, max: 2880 }), (turn, one, minutes) => {
      const from = turn.moment + minutes * 60_000;
      const to = from + 2 * DAY;
      const wanted = oracle(
        turn.zone,
        (wall) => one.matches(new Date(wall).getUTCHours(), new Date(wall).getUTCMinutes()),
        one.isFixed,
        // What the wall has shown in the hours before counts.
        from - 3 * HOUR,
        to,
      ).filter((instant) => instant > from);
      const times = createCronTimes(one.expression, turn.zone);
      const found: number[] = [];
      for (let next = times.next(from); next !== null && next <= to; next = times.next(next)) found.push(next);
      expect(found.map((instant) => new Date(instant).toISOString())).toEqual(
        wanted.map((instant) => new Date(instant).toISOString()),
      );
    }),
    { numRuns: 100 },
  );
});

// Would catch: a text for which the search, or the reading, takes long or throws anything but what says that it is wrong.
test('any text is a pattern or an error', () => {
  const part = fc.string({ unit: fc.constantFrom(...'0123456789*/,-LW#? '), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
      let times: ReturnType<typeof createCronTimes>;
      try {
        times = createCronTimes(parts.join(' '), 'America/New_York');
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        return;
      }
      const next = times.next(at('2026-11-28T12:00:00Z'));
      expect(next === null || next > at('2026-11-28T12:00:00Z')).toBe(true);
    }),
    { numRuns: 500 },
  );
});

import { beforeEach, describe, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../../../tests/support/core.ts';
import { createFaults, type Faults } from '../../core/faults.ts';
import { createGrants, type Grants } from './grants.ts';

let clock: ManualClock;
let faults: Faults;
let grants: Grants;
const HOUR = 3_600_000;

beforeEach(() => {
  clock = manualClock();
  faults = createFaults();
  grants = createGrants(clock, faults);
});

/** Holds a credential with something that runs in its name. */
function running(terms: Partial<Parameters<Grants['hold']>[1]> = {}) {
  const grant = grants.hold('key', { expiresAt: clock.now() + HOUR, ...terms });
  const seen = { ends: 0 };
  grant.onEnd(() => (seen.ends += 1));
  return { grant, seen };
}

describe('a credential that expires', () => {
  // Each would catch a check of the wall clock alone.
  test.each<[string, () => void]>([
    ['its time has come', () => clock.advance(HOUR)],
    ['the clock is set forward past its end', () => clock.step(2 * HOUR)],
    [
      'the clock is set back, and its time has come',
      () => {
        clock.step(-24 * HOUR);
        clock.advance(HOUR);
      },
    ],
  ])('ends what runs within a second when %s', (_name, happens) => {
    const { grant, seen } = running();
    clock.advance(1000);
    expect(seen.ends).toBe(0);
    happens();
    clock.advance(1000);
    expect(seen.ends).toBe(1);
    expect(grant.ended).toBe(true);
  });

  test('does not live again when the clock is set back', () => {
    const { grant } = running();
    clock.advance(HOUR);
    expect(grant.ended).toBe(true);
    clock.step(-24 * HOUR);
    expect(grants.hold('key', { expiresAt: clock.now() + HOUR }).ended).toBe(true);
  });

  test('is not watched while nothing runs in its name, and still has ended', () => {
    let timers = 0;
    const schedule = (fn: () => void, ms: number) => {
      timers += 1;
      return clock.schedule(fn, ms);
    };
    grants = createGrants({ ...clock, schedule }, faults);
    const grant = grants.hold('key', { expiresAt: clock.now() + HOUR });
    grant.onEnd(() => undefined)();
    clock.advance(HOUR);
    expect(timers).toBeLessThanOrEqual(1);
    expect(grant.ended).toBe(true);
  });
});

describe('a credential that may be idle for an hour', () => {
  const idle = () => ({ expiresAt: clock.now() + 24 * HOUR, idle: { ms: HOUR, since: clock.now() } });

  test('lives on by its use, and ends an hour after the last one, the clock set back or not', () => {
    const { grant, seen } = running(idle());
    for (let n = 0; n < 3; n++) {
      clock.advance(HOUR - 1000);
      grant.used();
    }
    expect(seen.ends).toBe(0);
    clock.step(-HOUR);
    clock.advance(HOUR);
    clock.advance(1000);
    expect(seen.ends).toBe(1);
  });

  // Would catch: a use after the clock was set back that gives the whole of its life anew.
  test('ends at its last day however busy, and the clock set back adds nothing', () => {
    const { grant, seen } = running(idle());
    clock.step(-12 * HOUR);
    for (let n = 0; n < 48 && seen.ends === 0; n++) {
      grant.used();
      clock.advance(HOUR / 2);
    }
    clock.advance(1000);
    expect(seen.ends).toBe(1);
    expect(clock.monotonic()).toBeLessThanOrEqual(24 * HOUR + 1000);
  });
});

describe('a credential that is revoked', () => {
  test('ends what runs at once, all of it, whatever one of its listeners throws', () => {
    const grant = grants.hold('key', { expiresAt: null });
    const closed: string[] = [];
    grant.onEnd(() => {
      throw new Error('socket');
    });
    grant.onEnd(() => void closed.push('a'));
    grants.hold('other', { expiresAt: null }).onEnd(() => void closed.push('other'));
    grants.end('key');
    expect(closed).toEqual(['a']);
    expect(faults.count()).toBe(1);
    grant.onEnd(() => void closed.push('late'));
    expect(closed).toEqual(['a', 'late']);
  });

  test('with new rights is another grant', () => {
    const before = grants.hold('key', { expiresAt: null });
    grants.end('key');
    expect(before.ended).toBe(true);
    expect(grants.hold('key', { expiresAt: null }).ended).toBe(false);
  });
});

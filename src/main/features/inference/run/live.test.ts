/** Stop orders: which generations a caller may end, and what the answer says. */
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../../../../tests/support/core.ts';
import type { Principal } from '../../../core/operation/operation.ts';
import { OPERATOR } from '../../../core/operation/operator.ts';
import { createLive } from './live.ts';
import { createStopping } from './stopping.ts';

function open() {
  const clock = manualClock();
  const live = createLive(clock);
  const begin = (requestId: string, caller = 'me', sessionId?: string) => {
    const stop = new AbortController();
    const end = live.begin({ requestId, caller, sessionId, stop });
    return { end, isStopped: () => stop.signal.aborted };
  };
  return { clock, live, begin, stopping: createStopping(live) };
}
const caller = (id: string, scope: Principal['scope'] = 'run'): Principal => ({ ...OPERATOR, kind: 'key', id, scope });

describe('an order to stop', () => {
  test('by the id of a request, as answers have it, ends that one alone', () => {
    const { begin, stopping } = open();
    const [one, other] = [begin('1'), begin('2')];
    const said = stopping.stop({ request_id: 'chatcmpl-1' }, caller('me'), 'stop-1');
    expect(said).toMatchObject({ status: 'stopped', stopped_requests: 1, request_id: '1', stop_request_id: 'stop-1' });
    expect([one.isStopped(), other.isStopped()]).toEqual([true, false]);
  });

  test('by a session ends all of it, and without either all of the caller', () => {
    const { begin, stopping } = open();
    const all = [begin('1', 'me', 's'), begin('2', 'me', 's'), begin('3', 'me')];
    stopping.stop({ session_id: 's' }, caller('me'), 'x');
    expect(all.map((one) => one.isStopped())).toEqual([true, true, false]);
    expect(stopping.stop({}, caller('me'), 'x').stopped_requests).toBe(3);
    expect(all.every((one) => one.isStopped())).toBe(true);
  });

  // Catches a key that ends the generations of others by guessing, or by naming nothing at all.
  test('ends those of others only for who manages', () => {
    const { begin, stopping } = open();
    const theirs = begin('1', 'other', 's');
    for (const input of [{}, { request_id: '1' }, { session_id: 's' }])
      expect(stopping.stop(input, caller('me'), 'x')).toMatchObject({ status: 'not_running', stopped_requests: 0 });
    expect(stopping.stop({}, caller('me', null), 'x').stopped_requests).toBe(0);
    expect(theirs.isStopped()).toBe(false);
    expect(stopping.stop({}, caller('boss', 'manage'), 'x').stopped_requests).toBe(1);
    expect(theirs.isStopped()).toBe(true);
  });

  test('finds nothing of what has ended', () => {
    const { begin, stopping } = open();
    begin('1').end();
    expect(stopping.stop({}, caller('me'), 'x').message).toBe('Nothing was running.');
  });
});

describe('whether a session is halted', () => {
  const status = ({ stopping }: ReturnType<typeof open>, session?: string) => stopping.status(session, caller('me'));

  test('is told once what was stopped has ended, until something is begun again', () => {
    const subject = open();
    const one = subject.begin('1', 'me', 's');
    expect(status(subject, 's')).toMatchObject({ halted: false, status: 'running', active_requests: 1 });
    subject.clock.advance(1000);
    subject.stopping.stop({ session_id: 's' }, caller('me'), 'x');
    expect(status(subject, 's')).toMatchObject({ halted: false, active_requests: 1 });
    one.end();
    expect(status(subject, 's')).toEqual({
      ...{ halted: true, is_halted: true, status: 'halted', active_requests: 0 },
      last_halt_time: '2026-01-01T00:00:01.000Z',
    });
    expect(status(subject).halted).toBe(true);
    subject.begin('2', 'me', 's');
    expect(status(subject, 's')).toMatchObject({ halted: false, last_halt_time: null });
  });

  test('is not told of sessions that nobody stopped', () => {
    const subject = open();
    subject.begin('1', 'me', 's').end();
    expect(status(subject, 's')).toMatchObject({ halted: false, last_halt_time: null });
  });

  // Catches stops of sessions that are kept for ever.
  test('is forgotten when there are very many', () => {
    const subject = open();
    for (let index = 0; index <= 1001; index++) {
      const one = subject.begin(String(index), 'me', `s${index}`);
      subject.stopping.stop({ request_id: String(index) }, caller('me'), 'x');
      one.end();
    }
    expect(status(subject, 's0').last_halt_time).toBeNull();
    expect(status(subject, 's1001').halted).toBe(true);
  });
});

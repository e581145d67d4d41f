import { beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../../tests/support/core.ts';
import type { ClientFrame, ServerFrame } from '../kernel/frames.ts';
import type { ClientOptions } from './client-types.ts';
import { createLink } from './link.ts';
import { createStatus } from './status.ts';
import type { TransportEvents } from './transport.ts';

interface Attempt {
  on: TransportEvents;
  sent: ClientFrame[];
  closed: boolean;
}

const WELCOME: ServerFrame = {
  t: 'welcome',
  v: 1,
  server: { name: 'tabagent', version: '1.0.0' },
  capabilities: [],
  principal: { kind: 'panel', name: 'me', scopes: ['admin'], areas: ['any'] },
  limits: { frame_bytes: 1, live_calls: 1 },
};

let attempts: Attempt[];
let clock: ReturnType<typeof manualClock>;
let told: string[];
beforeEach(() => {
  attempts = [];
  clock = manualClock();
  told = [];
});

function open(reconnect: ClientOptions['reconnect'] | null = { backoff: (n) => n * 1000, isHistory: () => false }) {
  const status = createStatus();
  const options: ClientOptions = {
    name: 'test',
    timers: clock,
    connect: (on) => {
      const attempt: Attempt = { on, sent: [], closed: false };
      attempts.push(attempt);
      return {
        send: (frame) => attempt.sent.push(frame),
        close: () => {
          attempt.closed = true;
        },
      };
    },
    ...(reconnect ? { reconnect } : {}),
  };
  const link = createLink(options, status, {
    online: () => told.push('online'),
    frame: (frame) => told.push(frame.t),
    lost: (final) => told.push(final ? 'lost for good' : 'lost'),
  });
  link.open();
  return { link, status };
}
const at = (index: number): Attempt => {
  const attempt = attempts[index];
  if (!attempt) throw new Error(`there was no attempt ${index}`);
  return attempt;
};
/** Answers an attempt as a host does. */
function answer(index: number): void {
  at(index).on.open();
  at(index).on.frame(WELCOME);
}

test('says hello with its name first, and is online only after the welcome', () => {
  const { status } = open();
  at(0).on.open();
  expect(at(0).sent).toEqual([{ t: 'hello', v: 1, client: { name: 'test', version: '1' } }]);
  expect([status.get().phase, told]).toEqual(['connecting', []]);
  at(0).on.frame(WELCOME);
  expect([status.get().phase, status.get().version, told]).toEqual(['online', '1.0.0', ['online']]);
});

// Catches a client that hammers a host which is down, or waits for ever longer after it was back.
test('waits longer with each failed attempt, and starts over once it was online', () => {
  const { status } = open();
  at(0).on.close('lost');
  expect(status.get()).toMatchObject({ phase: 'connecting', retryAt: clock.now() + 1000 });
  clock.advance(1000);
  at(1).on.close('lost');
  expect(status.get()).toMatchObject({ phase: 'offline', retryAt: clock.now() + 2000 });
  clock.advance(1999);
  expect(attempts).toHaveLength(2);
  clock.advance(1);
  answer(2);
  at(2).on.close('lost');
  expect(status.get()).toMatchObject({ phase: 'offline', retryAt: clock.now() + 1000, connections: 1 });
});

// Catches two connections side by side: the planned attempt that comes although the person did not wait for it.
test('an attempt by hand takes the place of the planned one', () => {
  const { link } = open();
  answer(0);
  at(0).on.close('lost');
  link.retry();
  expect(attempts).toHaveLength(2);
  clock.advance(60_000);
  expect(attempts).toHaveLength(2);
  answer(1);
  link.retry();
  expect(attempts).toHaveLength(2);
});

// Catches frames and ends of an old connection that are taken for those of the new one.
test('a connection that was replaced is closed, and nothing it says is heard', () => {
  const { link, status } = open();
  at(0).on.open();
  link.retry();
  expect(at(0).closed).toBe(true);
  at(0).on.frame(WELCOME);
  at(0).on.close('refused');
  expect([status.get().phase, told]).toEqual(['connecting', []]);
  answer(1);
  at(0).on.frame({ t: 'ok', id: 1, v: 'stale' });
  expect(told).toEqual(['online']);
});

test.each(['signed_out', 'refused'] as const)('%s is not tried again by itself', (cause) => {
  const { status } = open();
  answer(0);
  at(0).on.close(cause);
  expect(status.get()).toMatchObject({ phase: cause, retryAt: null, principal: null });
  clock.advance(3_600_000);
  expect([attempts.length, told]).toEqual([1, ['online', 'lost']]);
});

test('without reconnect the first loss is final', () => {
  const { status } = open(null);
  answer(0);
  at(0).on.close('lost');
  clock.advance(3_600_000);
  expect([status.get().phase, attempts.length, told]).toEqual(['offline', 1, ['online', 'lost for good']]);
});

test('a closed client stays closed: no attempt, no callback, no second end', () => {
  const { link } = open();
  at(0).on.close('lost');
  link.close();
  link.close();
  link.retry();
  clock.advance(3_600_000);
  expect([attempts.length, told]).toEqual([1, ['lost', 'lost for good']]);
});

// Catches a half-open connection: the peer is gone and no close ever comes.
test('a host that is silent for 75 s although it is pinged every 30 s is given up', () => {
  const { status } = open();
  answer(0);
  const pings = () => at(0).sent.filter(({ t }) => t === 'ping').length;
  clock.advance(60_000);
  expect([pings(), at(0).closed]).toEqual([2, false]);
  at(0).on.frame({ t: 'pong' });
  clock.advance(60_000);
  expect([pings(), at(0).closed]).toEqual([4, false]);
  clock.advance(30_000);
  expect([at(0).closed, status.get().phase]).toEqual([true, 'offline']);
  clock.advance(30_000);
  expect(pings()).toBe(4);
});

test('answers pings with their number, and passes on only frames about calls', () => {
  open();
  answer(0);
  at(0).on.frame({ t: 'ping', n: -7 });
  at(0).on.frame({ t: 'ping' });
  expect(at(0).sent.slice(1)).toEqual([{ t: 'pong', n: -7 }, { t: 'pong' }]);
  for (const reason of ['shutdown', 'idle'] as const) at(0).on.frame({ t: 'bye', reason });
  at(0).on.frame({ t: 'end', id: 1 });
  expect(told).toEqual(['online', 'end']);
});

import { beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../../../tests/support/core.ts';
import { IDLE_CLOSE_MS, PING_MS } from '../../../contract/kernel/frames.ts';
import { createKeepAlive } from './keep-alive.ts';

let clock: ReturnType<typeof manualClock>;
let pings: number[];
let silences: number;
const start = () => createKeepAlive(clock, { ping: (n) => void pings.push(n), silent: () => void silences++ });
beforeEach(() => {
  clock = manualClock();
  pings = [];
  silences = 0;
});

test('pings every 30 s with growing positive numbers', () => {
  const keepAlive = start();
  for (let n = 0; n < 3; n += 1) {
    clock.advance(PING_MS);
    keepAlive.heard();
  }
  expect([pings, silences]).toEqual([[1, 2, 3], 0]);
});

// Catches a peer that died between two pings and is noticed one ping too late, or is told twice.
test('tells a silence of exactly 75 s, once, wherever in the interval it began', () => {
  for (const began of [0, 1, 14_999, 15_000, 29_999]) {
    clock = manualClock();
    silences = 0;
    const keepAlive = start();
    clock.advance(began);
    keepAlive.heard();
    clock.advance(IDLE_CLOSE_MS - 1);
    expect(silences, `after ${began} ms`).toBe(0);
    clock.advance(1);
    expect(silences, `after ${began} ms`).toBe(1);
    clock.advance(10 * IDLE_CLOSE_MS);
    expect(silences).toBe(1);
  }
});

test('any message counts as a sign of life, not only a pong', () => {
  const keepAlive = start();
  for (let n = 0; n < 20; n += 1) {
    clock.advance(IDLE_CLOSE_MS - 1);
    keepAlive.heard();
  }
  expect(silences).toBe(0);
});

test('the round trip is that of the latest ping; late and made-up pongs do not change it', () => {
  const keepAlive = start();
  expect(keepAlive.rttMs).toBeNull();
  clock.advance(PING_MS);
  clock.advance(12.34);
  keepAlive.pong(1);
  expect(keepAlive.rttMs).toBe(12.3);
  clock.advance(PING_MS);
  for (const n of [1, 99, -1]) keepAlive.pong(n);
  expect(keepAlive.rttMs).toBe(12.3);
});

test('once stopped it does nothing more', () => {
  const keepAlive = start();
  keepAlive.stop();
  clock.advance(10 * IDLE_CLOSE_MS);
  expect([pings, silences]).toEqual([[], 0]);
});

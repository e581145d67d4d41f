import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import type { Tier } from '../../../contract/kernel/define.ts';
import type { AppError } from '../../../contract/kernel/errors.ts';
import type { Principal } from '../../core/operation/operation.ts';
import { createRateLimiter, type RateLimiter, type RateState } from './rate-limit.ts';

const caller = (more: Partial<Principal> = {}): Principal => ({
  kind: 'key',
  id: 'key_1',
  name: 'k',
  scope: 'read',
  areas: [],
  rateMultiplier: 1,
  ...more,
});

let core: TestCore;
let limiter: RateLimiter;
beforeEach(() => {
  core = openTestCore();
  limiter = createRateLimiter(core);
});
afterEach(() => core[Symbol.dispose]());

/** State of the bucket after one call, undefined for callers without a limit. */
function stateOf(principal: Principal, tier: Tier, remote: string): RateState | undefined {
  let state: RateState | undefined;
  limiter.take(principal, tier, remote, (told) => {
    state = told;
  });
  return state;
}

function drain(principal: Principal, remote = '127.0.0.1'): { taken: number; error: AppError } {
  for (let taken = 0; ; taken++) {
    try {
      limiter.take(principal, 'management', remote);
    } catch (error) {
      return { taken, error: error as AppError };
    }
  }
}

test('gives the burst, then refills at the rate', () => {
  const { taken, error } = drain(caller());
  expect(taken).toBe(20);
  expect(error.extra).toEqual({ tier: 'management', limit: 60, retry_after: 1, retry_after_ms: 1000 });
  core.clock.advance(1000);
  expect(drain(caller()).taken).toBe(1);
  core.clock.advance(3_600_000);
  expect(drain(caller()).taken).toBe(20);
});

test('a key has its own bucket and its multiplier, the desktop none', () => {
  expect(drain(caller({ id: 'a' })).taken).toBe(20);
  expect(drain(caller({ id: 'b', rateMultiplier: 0.1 })).taken).toBe(2);
  expect(stateOf(caller({ rateMultiplier: Number.POSITIVE_INFINITY }), 'management', 'local')).toBeUndefined();
});

// Catches anonymous callers that get a new bucket with each made-up name.
test('anonymous callers and signing in are counted by address', () => {
  const stranger = (id: string) => caller({ kind: 'anonymous', id });
  expect(drain(stranger('x'), '10.0.0.1').taken).toBe(20);
  expect(drain(stranger('y'), '10.0.0.1').taken).toBe(0);
  for (let i = 0; i < 5; i++) limiter.take(caller({ id: `k${i}` }), 'auth', '10.0.0.2');
  expect(() => limiter.take(caller({ id: 'k9' }), 'auth', '10.0.0.2')).toThrow('Too many requests');
});

test('follows the settings while it runs', () => {
  core.settings.update({ 'rate_limits.tiers': { management: { per_min: 60, burst: 3 } } });
  expect(drain(caller()).taken).toBe(3);
  core.settings.update({ 'rate_limits.enabled': false });
  expect(stateOf(caller(), 'management', 'local')).toBeUndefined();
});

// Catches a table that grows with every address that ever called.
test('forgets the bucket used longest ago beyond its bound', () => {
  limiter.take(caller({ id: 'first' }), 'low', 'x');
  for (let i = 0; i < 10_000; i++) limiter.take(caller({ id: `k${i}` }), 'low', 'x');
  expect(stateOf(caller({ id: 'first' }), 'low', 'x')?.remaining).toBe(59);
});

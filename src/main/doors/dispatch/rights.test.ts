/** Who may call what, and in which order a call is checked. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  context,
  type Dispatch,
  NOBODY,
  openDispatch,
  outcome,
  PRINCIPAL,
} from '../../../../tests/support/dispatch.ts';
import type { Principal } from '../../core/operation/operation.ts';

let dispatch: Dispatch;
let core: Dispatch['core'];
let metrics: Dispatch['metrics'];
let ran: Dispatch['ran'];
let make: Dispatch['make'];
beforeEach(() => {
  dispatch = openDispatch();
  ({ core, metrics, ran, make } = dispatch);
});
afterEach(() => dispatch[Symbol.dispose]());

describe('who may call', () => {
  // Catches a field of an operation that no longer opens, or closes, what it says.
  test.each([
    ['look', NOBODY, 'unauthorized'],
    ['open', NOBODY, { id: 'x' }],
    ['local', NOBODY, 'unauthorized'],
    ['local', { ...NOBODY, scope: 'read', areas: ['host'] }, { id: 'x' }],
    ['look', { ...NOBODY, scope: 'read', areas: ['host'] }, 'unauthorized'],
    ['change', { ...PRINCIPAL, scope: 'run' }, 'forbidden'],
    ['change', { ...PRINCIPAL, scope: 'manage' }, { id: 'x' }],
    ['look', { ...PRINCIPAL, areas: ['models'] }, 'forbidden'],
    ['anywhere', { ...PRINCIPAL, areas: [] }, { id: 'x' }],
    ['deep', { ...PRINCIPAL, scope: 'manage' }, { id: 'x' }],
  ] as const)('%s, called by %o: %o', async (op, principal, expected) => {
    const dispatcher = make();
    expect(await outcome(dispatcher, op, {}, { principal: principal as Principal })).toEqual(expected);
    expect(ran).toEqual(typeof expected === 'string' ? [] : [op]);
  });

  test('what one input needs beyond the scope of the operation is asked before the handler', async () => {
    const dispatcher = make();
    const manage = { principal: { ...PRINCIPAL, scope: 'manage' as const } };
    const refused = dispatcher.dispatch('deep', { id: 'deep' }, context(manage));
    await expect(refused).rejects.toMatchObject({
      slug: 'forbidden',
      message: 'Going deep needs a credential with scope admin.',
      extra: { required_scope: 'admin', required_area: 'host' },
    });
    expect(ran).toEqual([]);
    expect(await outcome(dispatcher, 'deep', { id: 'deep' })).toEqual({ id: 'deep' });
  });

  test.each(['memory', 'ws', 'http', 'ipc'] as const)('what only the desktop offers, at the door %s', async (door) => {
    const refused = door !== 'ipc';
    expect(await outcome(make(), 'window', {}, { door })).toEqual(refused ? 'not-implemented' : { id: 'x' });
    expect(ran).toEqual(refused ? [] : ['window']);
  });
});

describe('the order of the steps', () => {
  // Catches a caller without rights who learns what input an operation takes, or uses up the bucket of others.
  test('rights come before the rate, the rate before the input', async () => {
    core.settings.update({ 'rate_limits.tiers': { standard: { per_min: 60, burst: 1 } } });
    const dispatcher = make();
    const limited = { principal: { ...PRINCIPAL, rateMultiplier: 1 } };
    const lesser = { principal: { ...limited.principal, scope: 'read' as const } };
    for (let n = 0; n < 3; n += 1) expect(await outcome(dispatcher, 'change', { wrong: 1 }, lesser)).toBe('forbidden');
    expect(await outcome(dispatcher, 'look', { wrong: 1 }, limited)).toBe('validation-error');
    expect(await outcome(dispatcher, 'look', { wrong: 1 }, limited)).toBe('too-many-requests');
    expect(ran).toEqual([]);
    expect([...metrics.limitedByTier()]).toEqual([['standard', 1]]);
  });
});

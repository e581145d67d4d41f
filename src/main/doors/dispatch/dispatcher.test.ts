/** What a call answers and leaves behind: audit, metrics, streams, files, replays. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  context,
  type Dispatch,
  type OperationOfTest,
  openDispatch,
  outcome,
  PRINCIPAL,
} from '../../../../tests/support/dispatch.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { AnyHandler, DoorName } from '../../core/operation/operation.ts';
import type { DispatcherDeps } from './dispatcher.ts';

let dispatch: Dispatch;
let core: Dispatch['core'];
let metrics: Dispatch['metrics'];
let ran: Dispatch['ran'];
let make: Dispatch['make'];
let auditRows: Dispatch['auditRows'];
let statuses: Dispatch['statuses'];
beforeEach(() => {
  dispatch = openDispatch();
  ({ core, metrics, ran, make, auditRows, statuses } = dispatch);
});
afterEach(() => dispatch[Symbol.dispose]());

describe('the books', () => {
  test('a change is audited with what it was about and how it ended; a look is not', async () => {
    const dispatcher = make();
    await outcome(dispatcher, 'look', { id: 'a' });
    await outcome(dispatcher, 'change', { id: 'b' });
    await outcome(dispatcher, 'change', { id: 'c', fails: 'foreseen' });
    await outcome(dispatcher, 'quiet', { id: 'd' });
    await outcome(dispatcher, 'change', {}, { principal: { ...PRINCIPAL, scope: 'read' } });
    expect(auditRows()).toEqual([
      { op: 'change', target: 'b', outcome: 'ok' },
      { op: 'change', target: 'c', outcome: 'not_found' },
      { op: 'change', target: null, outcome: 'forbidden' },
    ]);
  });

  // Catches an internal text that reaches the caller, or a fault that nobody is told of.
  test('an unforeseen fault is logged and counted as 500; its text stays inside', async () => {
    const dispatcher = make();
    const failing = dispatcher.dispatch('look', { fails: 'unforeseen' }, context());
    await expect(failing).rejects.toMatchObject({
      slug: 'internal-server-error',
      message: expect.not.stringContaining('secret'),
    });
    await outcome(dispatcher, 'look', { fails: 'foreseen' });
    await outcome(dispatcher, 'look');
    expect(core.log.lines).toEqual(['error look operation failed']);
    expect(statuses('look')).toEqual([
      [500, 1],
      [404, 1],
      [200, 1],
    ]);
    expect(metrics.totals()).toEqual({ calls: 3, failed: 2 });
  });
});

describe('a stream', () => {
  const three: AnyHandler = async function* () {
    for (const n of [1, 2, 3]) yield { n };
  };
  async function follow(handler: AnyHandler, most = Number.POSITIVE_INFINITY): Promise<unknown[]> {
    const result = await make({ follow: handler }).dispatch('follow', {}, context());
    if (result.kind !== 'stream') throw new Error('no stream');
    const items: unknown[] = [];
    for await (const item of result.items) {
      items.push(item);
      if (items.length === most) break;
    }
    return items;
  }

  // Catches a stream that is counted when it begins, and one that its reader left counted as a failure.
  test('counts when it has ended: 200 complete, 499 left, the status of its failure', async () => {
    expect(await follow(three)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(statuses('follow')).toEqual([[200, 1]]);
    expect(await follow(three, 2)).toHaveLength(2);
    expect(statuses('follow')).toEqual([
      [200, 1],
      [499, 1],
    ]);
    const broken = follow(async function* () {
      yield { n: 1 };
      throw new AppError('cursor-expired');
    });
    await expect(broken).rejects.toMatchObject({ slug: 'cursor-expired' });
    expect(statuses('follow').at(-1)).toEqual([410, 1]);
    expect(metrics.totals()).toEqual({ calls: 3, failed: 1 });
  });

  test('of an operation without a key is not kept under one', async () => {
    const dispatcher = make({ follow: three });
    const result = await dispatcher.dispatch('follow', {}, context(), { idempotencyKey: 'k' });
    expect(result.kind).toBe('stream');
  });
});

describe('answers', () => {
  const wrong: AnyHandler = () => ({ id: 7 });

  // Catches an answer that breaks the contract for clients that trust it.
  test('are parsed at the doors that ask for it, by default HTTP alone', async () => {
    const at = (door: DoorName, more: Partial<DispatcherDeps> = {}) =>
      outcome(make({ look: wrong }, more), 'look', {}, { door });
    expect(await at('http')).toBe('internal-server-error');
    expect(await at('ws')).toEqual({ id: 7 });
    expect(await at('ws', { checkOutputAt: 'all' })).toBe('internal-server-error');
    expect(await at('http', { checkOutputAt: [] })).toEqual({ id: 7 });
  });

  test('a file is its content over HTTP and an address everywhere else', async () => {
    const content = { path: '/f', name: 'f', mime: 'text/plain', bytes: 1 };
    const dispatcher = make({ bytes: () => content });
    expect(await outcome(dispatcher, 'bytes', { id: 'f1' }, { door: 'http' })).toBe(content);
    expect(await outcome(dispatcher, 'bytes', { id: 'f1' }, { door: 'ws' })).toMatchObject({ url: 'bytes:f1' });
  });

  test.each([
    [{ job_id: 'j' }, true],
    [{}, false],
  ])('%o of an operation that begins a job is accepted: %s', async (value, accepted) => {
    const result = await make({ begin: () => value }).dispatch('begin', {}, context());
    expect(result).toMatchObject({ kind: 'value', accepted });
  });
});

describe('a key', () => {
  const keyed = (dispatcher: ReturnType<typeof make>, op: OperationOfTest, input: object, principal = PRINCIPAL) =>
    dispatcher.dispatch(op, input, context({ principal }), { idempotencyKey: 'k1' });

  // Catches a repeated request that does things twice, and one that is told the answer of somebody else.
  test('runs once for each caller, and a replay is not audited again', async () => {
    const dispatcher = make();
    expect(await keyed(dispatcher, 'change', { id: 'a' })).toMatchObject({ value: { id: 'a' }, replayed: false });
    expect(await keyed(dispatcher, 'change', { id: 'a' })).toMatchObject({ value: { id: 'a' }, replayed: true });
    const other = { ...PRINCIPAL, id: 'key_2' };
    expect(await keyed(dispatcher, 'change', { id: 'b' }, other)).toMatchObject({ replayed: false });
    expect([ran.length, auditRows().length]).toEqual([2, 2]);
  });

  test('of an operation that does not honour it is ignored', async () => {
    const dispatcher = make();
    for (let n = 0; n < 2; n += 1) expect(await keyed(dispatcher, 'quiet', {})).toMatchObject({ replayed: false });
    expect(ran).toHaveLength(2);
  });

  test('is looked at only after the input was parsed and the caller admitted', async () => {
    const dispatcher = make();
    await keyed(dispatcher, 'change', { id: 'a' });
    await expect(keyed(dispatcher, 'change', { wrong: 1 })).rejects.toMatchObject({ slug: 'validation-error' });
    const lesser = { ...PRINCIPAL, scope: 'read' as const };
    await expect(keyed(dispatcher, 'change', { id: 'a' }, lesser)).rejects.toMatchObject({ slug: 'forbidden' });
  });
});

/** The one path of every call, over a small contract of its own and the real limiter, audit and idempotency table. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { type Contract, call, file, type OperationMeta, stream } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { createAudit } from '../../core/log/audit.ts';
import type { AnyHandler, CallContext, DoorName, Principal } from '../../core/operation/operation.ts';
import { createCallMetrics } from './call-metrics.ts';
import { createDispatcher, type DispatcherDeps } from './dispatcher.ts';
import { createIdempotency, createIdempotencyStore } from './idempotency/index.ts';
import { createRateLimiter } from './rate-limit.ts';

const meta = (more: Partial<OperationMeta> = {}) => ({
  row: '-',
  summary: '',
  tags: [],
  scope: 'read' as const,
  area: 'host' as const,
  http: null,
  ...more,
});
const Input = z.strictObject({ id: z.string().default('x'), fails: z.enum(['foreseen', 'unforeseen']).optional() });
const Output = z.object({ id: z.string() });

const small = {
  look: call(Input, Output, meta()),
  local: call(Input, Output, meta({ localWithoutKey: true })),
  open: call(Input, Output, meta({ anonymous: true })),
  change: call(Input, Output, meta({ scope: 'manage', idempotencyKey: true })),
  quiet: call(Input, Output, meta({ scope: 'manage', audited: false })),
  anywhere: call(Input, Output, meta({ area: 'any' })),
  window: call(Input, Output, meta({ desktopOnly: true })),
  begin: call(Input, z.object({ job_id: z.string().optional() }), meta({ job: true })),
  deep: call(Input, Output, {
    ...meta(),
    scopeFor: ({ id }: { id: string }) => (id === 'deep' ? { scope: 'admin' as const, what: 'Going deep' } : null),
  }),
  bytes: file(z.object({ id: z.string() }), { ...meta(), http: { method: 'GET', path: '/v1/bytes/{id}' } }),
  follow: stream(Input, z.object({ n: z.int() }), meta()),
} satisfies Contract;
type Id = keyof typeof small;

const PRINCIPAL: Principal = {
  kind: 'key',
  id: 'key_1',
  name: 'one',
  scope: 'admin',
  areas: ['host'],
  rateMultiplier: Number.POSITIVE_INFINITY,
};
const NOBODY: Principal = { ...PRINCIPAL, kind: 'anonymous', id: 'ip:1', scope: null, areas: [] };

let core: TestCore;
let metrics: ReturnType<typeof createCallMetrics>;
let limiter: ReturnType<typeof createRateLimiter>;
/** Operations whose handler ran. */
let ran: string[];
beforeEach(() => {
  core = openTestCore();
  metrics = createCallMetrics();
  limiter = createRateLimiter({ clock: core.clock, settings: core.settings });
  ran = [];
});
afterEach(() => {
  limiter.dispose();
  core[Symbol.dispose]();
});

function make(own: Partial<Record<Id, AnyHandler>> = {}, more: Partial<DispatcherDeps> = {}) {
  const answer = ({ id, fails }: { id: string; fails?: string }) => {
    if (fails === 'foreseen') throw new AppError('not-found');
    if (fails === 'unforeseen') throw new TypeError('a secret inside');
    return { id };
  };
  const handlers = Object.fromEntries(
    Object.keys(small).map((id): [string, AnyHandler] => [
      id,
      (input: never, context) => {
        ran.push(id);
        return (own[id as Id] ?? answer)(input, context);
      },
    ]),
  );
  return createDispatcher({
    contract: small,
    handlers: [{ feature: 'test', handlers }],
    limiter,
    idempotency: createIdempotency(createIdempotencyStore(core.db), core.clock),
    audit: createAudit(core),
    metrics,
    clock: core.clock,
    log: core.log,
    storage: core.storage,
    addressOf: (op, _operation, id) => ({ url: `${op}:${id}`, expires_at: '', name: '', mime: '', bytes: 0 }),
    ...more,
  });
}
const context = (more: Partial<CallContext> = {}): CallContext => ({
  principal: PRINCIPAL,
  door: 'memory',
  signal: new AbortController().signal,
  requestId: 'r1',
  remote: 'local',
  ...more,
});
/** The value of a call, or the slug that it failed with. */
async function outcome(
  dispatcher: ReturnType<typeof make>,
  op: string,
  input?: unknown,
  more: Partial<CallContext> = {},
) {
  try {
    const result = await dispatcher.dispatch(op, input, context(more));
    return result.kind === 'value' ? result.value : result.kind;
  } catch (error) {
    return error instanceof AppError ? error.slug : error;
  }
}
const auditRows = () => core.db.raw.prepare('SELECT op, target, outcome FROM audit ORDER BY seq').all();
const statuses = (op: string) =>
  [...metrics.series()].filter((series) => series.op === op).map(({ status, count }) => [status, count]);

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
  const keyed = (dispatcher: ReturnType<typeof make>, op: Id, input: object, principal = PRINCIPAL) =>
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

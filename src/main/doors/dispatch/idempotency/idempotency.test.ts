import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../../tests/support/core.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { canonicalJson, createIdempotency, createIdempotencyStore, type Idempotency } from './index.ts';

const HOUR = 3_600_000;
let core: TestCore;
let guard: Idempotency;
beforeEach(() => {
  core = openTestCore();
  guard = createIdempotency(createIdempotencyStore(core.db), core.clock);
});
afterEach(() => core[Symbol.dispose]());

const request = (more: object = {}) => ({ principal: 'p', key: 'k', op: 'tasks_create', input: { a: 1 }, ...more });
const slugOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof AppError ? error.slug : error),
  );

// Catches a client that is told "other input" because its library orders members differently.
test('the order of members makes no difference, the order of a list does', () => {
  fc.assert(
    fc.property(fc.json(), fc.infiniteStream(fc.nat()), (text, picks) => {
      const value: unknown = JSON.parse(text);
      const shuffled = (part: unknown): unknown => {
        if (Array.isArray(part)) return part.map(shuffled);
        if (typeof part !== 'object' || part === null) return part;
        const keyed = Object.entries(part).map((entry) => [Number(picks.next().value), entry] as const);
        return Object.fromEntries(
          keyed.sort(([a], [b]) => a - b).map(([, [name, member]]) => [name, shuffled(member)]),
        );
      };
      expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
    }),
  );
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});

test('the answer is kept for 24 hours, across a restart of the host, and then the key is free again', async () => {
  await guard.once(request(), async () => 'first');
  const afterRestart = createIdempotency(createIdempotencyStore(core.db), core.clock);
  core.clock.advance(24 * HOUR);
  expect(await afterRestart.once(request(), async () => 'second')).toEqual({ value: 'first', replayed: true });
  core.clock.advance(1);
  expect(await afterRestart.once(request(), async () => 'second')).toEqual({ value: 'second', replayed: false });
});

test('another operation or input under the same key is refused, another caller has keys of its own', async () => {
  await guard.once(request(), async () => 1);
  expect(await slugOf(guard.once(request({ op: 'commands_run' }), async () => 2))).toBe('idempotency-key-reuse');
  expect(await slugOf(guard.once(request({ input: { a: 2 } }), async () => 2))).toBe('idempotency-key-reuse');
  expect(await guard.once(request({ principal: 'q', input: { a: 2 } }), async () => 2)).toMatchObject({ value: 2 });
});

describe('a request that fails', () => {
  test('before it has changed anything is forgotten: the next one runs', async () => {
    expect(await slugOf(guard.once(request(), async () => Promise.reject(new AppError('conflict'))))).toBe('conflict');
    expect(await guard.once(request(), async () => 'now')).toEqual({ value: 'now', replayed: false });
  });

  // Catches a batch of tasks that is made twice because the host died between the transaction and the answer.
  test('after its commit is finished by the next one, which is told what was done', async () => {
    const work = guard.once(request(), async (claim) => {
      core.db.transaction(() => claim.commit({ batch: 'b1' }));
      throw new Error('the host dies here');
    });
    await expect(work).rejects.toThrow('the host dies here');
    const again = await guard.once(request(), async ({ receipt }) => ({ from: receipt }));
    expect(again).toEqual({ value: { from: { batch: 'b1' } }, replayed: true });
    expect(await guard.once(request(), async () => 'never')).toEqual({
      value: { from: { batch: 'b1' } },
      replayed: true,
    });
  });
});

test('while the first runs a second is told to come back, and does not run', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const first = guard.once(request(), () => promise);
  await expect(guard.once(request(), async () => 2)).rejects.toMatchObject({
    slug: 'idempotency-in-progress',
    extra: { retry_after: 1 },
  });
  resolve('one');
  expect(await first).toEqual({ value: 'one', replayed: false });
});

test.each([
  ['', false],
  ['a', true],
  ['a b', true],
  [' a', false],
  ['a ', false],
  ['ü', false],
  ['a\nb', false],
  ['a'.repeat(200), true],
  ['a'.repeat(201), false],
])('the key %j is accepted: %s', async (key, accepted) => {
  const slug = await slugOf(guard.once(request({ key }), async () => 1));
  expect(slug).toBe(accepted ? null : 'validation-error');
});

// Catches a table that grows for ever.
test('what is older than a day is removed, at most once an hour', async () => {
  const rows = () => core.db.raw.prepare('SELECT count(*) AS n FROM idempotency').get();
  for (let n = 0; n < 5; n += 1) await guard.once(request({ key: `k${n}` }), async () => n);
  core.clock.advance(25 * HOUR);
  await guard.once(request({ key: 'new' }), async () => 1);
  expect(rows()).toEqual({ n: 1 });
});

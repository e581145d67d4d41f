import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { memoryLog, ROOT } from '../../../../tests/support/core.ts';
import { callOf, operator } from '../../../../tests/support/tasks.ts';
import { currentOperation } from '../operation/current.ts';
import { createThreadPool } from './thread-pool.ts';
import { createTurns } from './turns.ts';

const FILE = path.join(ROOT, 'tests/fixtures/threads/naughty.ts');
type Request = 'answer' | 'refuse' | 'spin' | 'grow' | 'break' | 'compile';

function openPool(exitMs?: number) {
  const log = memoryLog();
  const pool = createThreadPool(FILE, log, exitMs);
  const run = (request: Request, deadlineMs = 20_000) => pool.run(request, z.string(), deadlineMs);
  const as = <T>(id: string, signal: AbortSignal, work: () => T): T =>
    currentOperation.run({ id: 'test', context: callOf(signal, { ...operator, id }) }, work);
  return { run, as, log, [Symbol.asyncDispose]: async () => pool.part.stop?.() };
}

test.each<[Request, object]>([
  ['spin', { why: 'time' }],
  ['grow', { why: 'memory' }],
  ['break', { why: 'broken' }],
  ['refuse', { slug: 'conflict', message: 'No.' }],
])('after a request that does %s the next one is answered', { timeout: 60_000 }, async (request, error) => {
  await using pool = openPool();
  await expect(pool.run(request, request === 'spin' ? 100 : undefined)).rejects.toMatchObject(error);
  expect(await pool.run('answer')).toBe('answer');
  expect(pool.log.lines).toHaveLength(request === 'refuse' ? 0 : 1);
});

// Would catch: a caller whose hostile requests hold every thread.
test('one caller never holds both threads, and who is gone does not wait', { timeout: 60_000 }, async () => {
  await using pool = openPool();
  const leaving = new AbortController();
  const stays = new AbortController().signal;
  const first = pool.as('hostile', stays, () => pool.run('spin', 3000));
  const second = pool.as('hostile', leaving.signal, () => pool.run('spin', 3000));
  const ended = Promise.allSettled([first, second]);
  leaving.abort();
  await expect(second).rejects.toMatchObject({ slug: 'cancelled' });
  expect(await pool.as('honest', stays, () => Promise.race([pool.run('answer'), first]))).toBe('answer');
  await ended;
});

// Would catch: a pool that replaces threads which V8 has not let go yet, until the memory of the machine is used up.
test.runIf(process.platform === 'linux')('there are never more threads than two', { timeout: 120_000 }, async () => {
  await using pool = openPool();
  const tasks = () => readdirSync('/proc/self/task').length;
  const as = (id: string, request: Request, ms?: number) =>
    pool.as(id, new AbortController().signal, () => pool.run(request, ms));
  await Promise.all(['a', 'b'].map((id) => as(id, 'answer')));
  const before = tasks();
  const counts: number[] = [];
  const hostile = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => as(id, 'compile', 50).catch(() => counts.push(tasks())));
  await Promise.all(hostile);
  expect(counts).toHaveLength(6);
  // One more may be Node's own.
  expect(Math.max(...counts)).toBeLessThan(before + 2);
  await expect.poll(() => as('g', 'answer').catch(() => ''), { timeout: 60_000 }).toBe('answer');
});

// Would catch: callers that wait for as long as hostile patterns compile.
test('while no thread exits, callers are refused, and answered again afterwards', { timeout: 120_000 }, async () => {
  await using pool = openPool(50);
  const as = (id: string, request: Request, ms?: number) =>
    pool.as(id, new AbortController().signal, () => pool.run(request, ms));
  await Promise.all(['a', 'b'].map((id) => expect(as(id, 'compile', 50)).rejects.toMatchObject({ why: 'time' })));
  await expect(as('c', 'answer')).rejects.toMatchObject({ slug: 'resource-limit-exceeded' });
  await expect.poll(() => as('c', 'answer').catch(() => ''), { timeout: 60_000 }).toBe('answer');
});

test('the stop ends what runs and what waits', { timeout: 60_000 }, async () => {
  const pool = openPool();
  const running = Promise.allSettled([pool.run('spin'), pool.run('spin'), pool.run('answer')]);
  await pool[Symbol.asyncDispose]();
  expect(await running).toMatchObject([1, 2, 3].map(() => ({ reason: { slug: 'cancelled' } })));
  await expect(pool.run('answer')).rejects.toMatchObject({ slug: 'cancelled' });
});

test('callers take turns, and what waits is bounded by number and by size', () => {
  const turns = createTurns<{ caller: string; text: string }>(1);
  const [a1, a2, a3] = [1, 2, 3].map((n) => ({ caller: 'a', text: `${n}` }));
  const b1 = { caller: 'b', text: '' };
  for (const job of [a1, a2, a3, b1]) expect(job && turns.add(job)).toBe(true);
  expect([turns.take(), turns.take(), turns.take()]).toEqual([a1, b1, undefined]);
  turns.done(b1);
  expect(turns.take()).toBeUndefined();
  if (a1) turns.done(a1);
  expect(turns.take()).toBe(a2);
  expect(turns.clear()).toEqual([a3]);
  const large = { caller: 'a', text: 'x'.repeat(10 * 1024 * 1024) };
  expect([turns.add({ ...large }), turns.add({ ...large })]).toEqual([true, false]);
  expect(turns.add({ caller: 'b', text: '' })).toBe(true);
  const small = () => turns.add({ caller: 'c', text: '' });
  expect(Array.from({ length: 1001 }, small).filter(Boolean)).toHaveLength(1000);
});

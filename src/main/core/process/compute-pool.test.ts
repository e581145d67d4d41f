import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { memoryLog, PLATFORM, ROOT } from '../../../../tests/support/core.ts';
import { callOf, operator } from '../../../../tests/support/tasks.ts';
import { currentOperation } from '../operation/current.ts';
import { createComputePool } from './compute-pool.ts';
import { createTurns } from './turns.ts';

const FILE = path.join(ROOT, 'tests/fixtures/workers/naughty.ts');
type Request = 'answer' | 'refuse' | 'spin' | 'grow' | 'swell' | 'break' | 'compile';

function openPool() {
  const log = memoryLog();
  const pool = createComputePool({ platform: PLATFORM, log }, FILE);
  const run = (request: Request, deadlineMs = 20_000) => pool.run(request, z.string(), deadlineMs);
  const as = <T>(id: string, signal: AbortSignal, work: () => T): T =>
    currentOperation.run({ id: 'test', context: callOf(signal, { ...operator, id }) }, work);
  return { run, as, log, [Symbol.asyncDispose]: async () => pool.part.stop?.() };
}

test.each<[Request, object]>([
  ['spin', { why: 'time' }],
  // Both end a whole process, whatever limits a thread of it has.
  ['grow', { why: 'memory' }],
  ['swell', { why: 'memory' }],
  ['break', { why: 'broken' }],
  ['refuse', { slug: 'conflict', message: 'No.' }],
])('after a request that does %s the next one is answered', { timeout: 60_000 }, async (request, error) => {
  await using pool = openPool();
  await expect(pool.run(request, request === 'spin' ? 100 : undefined)).rejects.toMatchObject(error);
  expect(await pool.run('answer')).toBe('answer');
  expect(pool.log.lines).toHaveLength(request === 'refuse' ? 0 : 1);
});

// Would catch: a caller whose hostile requests hold every process.
test('one caller never holds both processes, and who is gone does not wait', { timeout: 60_000 }, async () => {
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

// Would catch: a caller that starts what takes long, goes, and starts more of it.
test('a process that computes for who is gone is ended, and gives way', { timeout: 60_000 }, async () => {
  await using pool = openPool();
  const leaving = new AbortController();
  await pool.run('answer');
  const left = pool.as('gone', leaving.signal, () => pool.run('spin'));
  leaving.abort();
  await expect(left).rejects.toMatchObject({ slug: 'cancelled' });
  expect(await pool.as('gone', new AbortController().signal, () => pool.run('answer'))).toBe('answer');
  expect(pool.log.lines).toEqual([]);
});

/** Living children of this process. */
const children = () =>
  readdirSync('/proc/self/task').flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
  );

// Would catch: a pool that replaces what V8 does not let go, until the memory of the machine is used up.
test.runIf(process.platform === 'linux')('there are never more processes than two', { timeout: 120_000 }, async () => {
  await using pool = openPool();
  const as = (id: string, request: Request, ms?: number) =>
    pool.as(id, new AbortController().signal, () => pool.run(request, ms));
  const before = children().length;
  const counts: number[] = [];
  const hostile = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) =>
    as(id, 'compile', 50).catch(() => counts.push(children().length - before)),
  );
  await Promise.all(hostile);
  expect(counts).toHaveLength(6);
  expect(Math.max(...counts)).toBeLessThanOrEqual(2);
  expect(await as('g', 'answer')).toBe('answer');
});

// Would catch: a hostile computation that goes on for ever because the host was killed meanwhile.
test('a process ends itself when its time is over, also without a host', { timeout: 60_000 }, async () => {
  const child = fork(FILE, [], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exit = once(child, 'exit');
  await once(child, 'message');
  child.send({ text: '"spin"', endMs: 200 });
  child.disconnect();
  expect(await exit).toEqual([null, 'SIGKILL']);
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

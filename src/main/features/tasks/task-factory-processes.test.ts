import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BatchAnswer } from '../../../../tests/fixtures/workers/batch-maker.ts';
import { ROOT } from '../../../../tests/support/core.ts';
import { openTaskHost, type TaskHost } from '../../../../tests/support/tasks.ts';

const MAKER = path.join(ROOT, 'tests/fixtures/workers/batch-maker.ts');
const PIN = { type: 'object', properties: { pin: { type: 'string', format: 'password' } } };
const SIZE = 200;

let host: TaskHost;
let children: ChildProcess[];
beforeEach(() => {
  host = openTaskHost();
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await host.dispose();
});

/** Another host on the same data directory, ready to make the batch. */
async function maker(): Promise<ChildProcess> {
  const child = fork(MAKER, [host.dir], { execArgv: [] });
  children.push(child);
  await once(child, 'message');
  return child;
}

async function answerOf(child: ChildProcess): Promise<BatchAnswer> {
  const [answer] = await once(child, 'message');
  return answer as BatchAnswer;
}

async function batch(): Promise<Record<string, unknown>> {
  const command = await host.command({ input_schema: PIN });
  const profile_ids = Array.from({ length: SIZE }, (_, n) => host.profile(`p${n}`).id);
  return { command_id: command.id, profile_ids, input: { pin: 'tiger-lily' } };
}

const rows = (table: string, where = '1') =>
  host.db.raw.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table} WHERE ${where}`).get()?.n;

/** Everything of the batch is there, or nothing. */
function made(): boolean {
  const tasks = rows('task') ?? 0;
  expect([0, SIZE]).toContain(tasks);
  expect(rows('secret')).toBe(tasks);
  expect(rows('event', "type = 'task.created'")).toBe(tasks);
  expect(rows('idempotency', 'receipt IS NOT NULL')).toBe(tasks / SIZE);
  expect(host.db.raw.pragma('integrity_check', { simple: true })).toBe('ok');
  return tasks > 0;
}

// Would catch: a key that is only remembered in memory, so that two hosts, or a host and the next one, make the batch twice.
test('two processes with one key at one moment make one batch; a repetition of the request gets the same tasks', async () => {
  const input = await batch();
  const both = await Promise.all([maker(), maker()]);
  const answers = both.map(answerOf);
  for (const child of both) child.send(input);
  const [first, second] = await Promise.all(answers);
  expect(made()).toBe(true);
  const winners = [first, second].filter((answer) => answer && 'made' in answer && !answer.replayed);
  expect(winners).toHaveLength(1);
  for (const answer of [first, second]) {
    if (answer && 'refused' in answer) expect(answer.refused).toBe('idempotency-in-progress');
  }
  const third = await maker();
  const again = answerOf(third);
  third.send(input);
  expect(await again).toEqual({ made: winners[0] && 'made' in winners[0] && winners[0].made, replayed: true });
  expect(rows('task')).toBe(SIZE);
}, 60_000);

// Would catch: a batch of which a part survives, or a key that is spent without its tasks.
test('a host that is killed while it makes a batch leaves all of it or nothing, and the next host goes on from there', async () => {
  const input = await batch();
  const killed = await maker();
  const gone = once(killed, 'exit');
  killed.send(input);
  // The moment differs from run to run; every moment has to be right.
  setTimeout(() => killed.kill('SIGKILL'), 60 * Math.random());
  await gone;
  const before = made();
  const next = await maker();
  const answer = answerOf(next);
  next.send(input);
  expect(await answer).toMatchObject({ replayed: before });
  expect(made()).toBe(true);
  expect(JSON.stringify(host.db.raw.prepare('SELECT input FROM task').all())).not.toContain('tiger-lily');
}, 60_000);

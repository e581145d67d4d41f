/** The host's log tells an operator what happened, with the ids to go on from. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogEntry } from '../../src/contract/host/telemetry.ts';
import { createTestHost, type TestHost } from '../support/host.ts';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

/** Lines about something, oldest first; they are written as the changes are announced. */
async function linesOf(q: string, count: number): Promise<LogEntry[]> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { logs } = await subject.host.client.call('logs_query', { q });
    if (logs.length >= count) return logs.reverse();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`fewer than ${count} lines hold ${q}`);
}
const run = (name: string, argv: string[], more: object = {}) =>
  subject.host.client.call('tasks_create', {
    spec: { kind: 'process', argv },
    ...{ name, wait: true, ...more },
  } as never) as unknown as Promise<{ id: string }>;

// Catches a log that is silent while tasks fail, so that an operator has to find them one by one.
test('a task that succeeds, and one that fails after a second attempt, are told with their ids and by what they mean', async () => {
  const good = await run('Fine', ['true']);
  const lines = await linesOf(good.id, 2);
  // Catches “after 0.0 s”, which says nothing.
  const ms = Number((lines[1]?.data as { duration_ms: number }).duration_ms);
  const after = ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
  expect(lines.map(({ level, message }) => [level, message])).toEqual([
    ['info', '“Fine” started'],
    ['info', `“Fine” succeeded after ${after}`],
  ]);
  const bad = await run('Broken', ['false'], { max_attempts: 2 });
  const told = await linesOf(bad.id, 4);
  expect(told.map(({ level }) => level)).toEqual(['info', 'warn', 'info', 'error']);
  expect(told[1]?.message).toMatch(/^“Broken” failed in attempt 1 of 2 and is tried again: .+/);
  expect(told[3]?.message).toMatch(/^“Broken” failed.*: .+/);
  expect(told[3]?.data).toMatchObject({ task_id: bad.id, attempt: 2 });
});

test('a task that is cancelled before it begins has no time', async () => {
  const { client } = subject.host;
  const later = await run('Later', ['true'], { wait: false, run_at: '2050-01-01T00:00:00.000Z' });
  await client.call('tasks_cancel', { id: later.id });
  expect((await linesOf(later.id, 1)).map(({ message }) => message)).toEqual(['“Later” was cancelled']);
});

// Catches a log of thousands of lines for one click, each with an error that is none.
test('tasks that are cancelled together have one line, one that is cancelled alone its own', async () => {
  const { client } = subject.host;
  const later = { wait: false, run_at: '2050-01-01T00:00:00.000Z', labels: ['together'] };
  const made = async (name: string) => (await run(name, ['true'], later)).id as never;
  const ids = [await made('First of them'), await made('Second of them')];
  await client.call('tasks_bulk', { ids, action: 'cancel' });
  await linesOf('2 tasks were cancelled', 1);
  for (const name of ['Third of them', 'Fourth of them', 'Fifth of them']) await made(name);
  await client.call('tasks_bulk', {
    filter: { label: ['together'], status: ['scheduled'] },
    action: 'cancel',
    wait: true,
  });
  await linesOf('3 tasks were cancelled', 1);
  const alone = await made('Alone');
  await client.call('tasks_bulk', { ids: [alone], action: 'cancel' });
  const [line] = await linesOf('“Alone” was cancelled', 1);
  expect(line?.data).not.toHaveProperty('error');
  expect((await client.call('logs_query', { q: 'of them” was cancelled' })).logs).toEqual([]);
});

// Catches a queue that stands still, or a setting that was changed, without a trace of it in the log.
test('the queue, settings, keys, backups and refusals', async () => {
  const { client } = subject.host;
  await client.call('settings_update', { 'executor.paused': true });
  await linesOf('Queue paused', 1);
  await client.call('settings_update', { 'executor.paused': false, log_level: 'debug' });
  await linesOf('Queue resumed', 1);
  const [changed] = await linesOf('Settings were changed', 1);
  expect(changed?.data).toEqual({ settings: ['log_level'] });
  const { id } = await client.call('keys_create', { name: 'Reader', scopes: ['read'], areas: ['automation'] });
  await client.call('keys_delete', { id });
  expect((await linesOf(id, 2)).map(({ message }) => message)).toEqual([
    'An API key was created',
    'An API key was revoked',
  ]);
  await client.call('backups_create', { wait: true });
  await linesOf('A backup was made', 1);
  await fetch(`${subject.url}/v1/settings`, { headers: { authorization: 'Bearer nobody' } });
  const [refused] = await linesOf('was refused', 1);
  expect(refused?.level).toBe('warn');
});

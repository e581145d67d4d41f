/** Tests of a folder run whatever is in it, with the rights of the host: who may name one, and what a low scope reaches by detours. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandId } from '../../src/contract/kernel/scalars.ts';
import { createTestHost, type TestHost } from '../support/host.ts';

const FOLDER = '/home/ann/shop';
const spec = { kind: 'playwright_test', folder: FOLDER };

let subject: TestHost;
let id: CommandId;
const tokens: Record<string, string> = {};
const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
beforeAll(async () => {
  subject = await createTestHost({ settings: { 'executor.paused': true } });
  id = (await call('commands_create', { name: 'Shop', kind: 'playwright_test', spec: { folder: FOLDER } })).id;
  for (const scope of ['read', 'run', 'manage'] as const) {
    tokens[scope] = (await call('keys_create', { name: scope, scopes: [scope], areas: ['automation'] })).key;
  }
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

/** Asks as a key of a scope does. */
async function ask(scope: string, path: string, body: object, method = 'POST') {
  const headers = { authorization: `Bearer ${tokens[scope]}`, 'content-type': 'application/json' };
  const response = await fetch(subject.url + path, { method, headers, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as { id: string; spec?: { folder?: string } } };
}
const tasks = async () => (await call('tasks_list', {})).items.length;

describe.each(['read', 'run'])('a key of scope %s', (scope) => {
  // Would catch: a folder of programs that somebody runs who may only run what others have written.
  test.each<[string, string, object, string?]>([
    ['a command', '/v1/commands', { name: 'Mine', kind: 'playwright_test', spec: { folder: FOLDER } }],
    ['a spec of its own', '/v1/tasks', { name: 'Mine', spec }],
    ['a schedule', '/v1/schedules', { name: 'Mine', target: { spec }, trigger: { kind: 'interval', seconds: 60 } }],
  ])('names no folder by %s', async (_what, path, body, method) => {
    const before = await tasks();
    expect((await ask(scope, path, body, method)).status).toBe(403);
    expect(await tasks()).toBe(before);
  });

  // Would catch: the folder of a stored command that is changed by whoever may run it.
  test('does not change that of a command', async () => {
    const { version } = await call('commands_get', { id });
    expect((await ask(scope, `/v1/commands/${id}`, { version, spec: { folder: '/tmp' } }, 'PATCH')).status).toBe(403);
    expect((await call('commands_get', { id })).spec).toMatchObject({ folder: FOLDER });
  });
});

describe('a key of scope run', () => {
  // Would catch: a right to run that does not reach these commands, or a spec beside a command that replaces its folder.
  test('runs a command with the folder that it has, and with no other', async () => {
    const made = await ask('run', '/v1/tasks', { command_id: id });
    expect(made).toMatchObject({ status: 201, body: { command_id: id, command_version: 1 } });
    const before = await tasks();
    const other = await ask('run', '/v1/tasks', { command_id: id, spec: { ...spec, folder: '/tmp' } });
    expect([400, 403, 422]).toContain(other.status);
    expect(await tasks()).toBe(before);
  });

  // Would catch: a test that opens what its input says, and so a file of this computer, for somebody who may not read files.
  test.each([
    'file:///etc/passwd',
    'view-source:file:///etc/passwd',
    'chrome://settings',
  ])('gives tests no input %s, at first or when they are repeated', async (url) => {
    expect((await ask('run', '/v1/tasks', { command_id: id, input: { url } })).status).toBe(403);
    const { body } = await ask('run', '/v1/tasks', { command_id: id, input: { url: 'http://shop.test/' } });
    expect((await ask('run', `/v1/tasks/${body.id}/retry`, { input: { url } })).status).toBe(403);
    const allowed = await ask('manage', '/v1/tasks', { command_id: id, input: { url } });
    expect(allowed.status).toBe(201);
    await ask('run', `/v1/tasks/${allowed.body.id}/cancel`, {});
    expect((await ask('run', `/v1/tasks/${allowed.body.id}/retry`, {})).status).toBe(403);
  });
});

// Would catch: a rule that keeps out those who write commands.
test('a key of scope manage names folders', async () => {
  expect(await ask('manage', '/v1/commands', { name: 'Mine', kind: 'playwright_test', spec })).toMatchObject({
    status: 201,
    body: { spec: { folder: FOLDER } },
  });
  expect((await ask('manage', '/v1/tasks', { name: 'Mine', spec })).status).toBe(201);
});

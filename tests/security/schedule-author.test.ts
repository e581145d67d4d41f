/** A schedule belongs to the host, like a command: it goes on when the key that made it is narrowed or gone, and the audit says who made it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestHost, type TestHost } from '../support/host.ts';

let subject: TestHost;
let command_id: string;
const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
beforeAll(async () => {
  subject = await createTestHost();
  command_id = (
    await call('commands_create', { name: 'Nightly', kind: 'process', spec: { argv: [process.execPath, '-e', '1'] } })
  ).id;
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

/** Asks as a key does. */
async function asked(token: string, method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
  const response = await fetch(subject.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, body: (await response.json()) as { id: string; version: number } };
}

const ENDS = {
  deleted: (id: string) => call('keys_delete', { id }),
  'narrowed to running tasks': (id: string) => call('keys_update', { id, scopes: ['run'] }),
};

// Would catch: the work of every night that ends with the key of somebody who has left, or a key that keeps its hand on a schedule.
test.each(
  Object.entries(ENDS),
)('whose key is %s: the schedule runs, that key changes nothing of it', async (_way, end) => {
  const { id: key, key: token } = await call('keys_create', {
    name: 'author',
    scopes: ['manage'],
    areas: ['automation'],
  });
  const at = new Date(Date.now() + 86_400_000).toISOString();
  const made = await asked(token, 'POST', '/v1/schedules', {
    name: 'Nightly',
    target: { command_id },
    trigger: { kind: 'once', at },
  });
  expect(made.status).toBe(201);
  const { id, version } = made.body;
  await end(key);
  for (const [method, path, body] of [
    ['PATCH', `/v1/schedules/${id}`, { name: 'Mine', version }],
    ['DELETE', `/v1/schedules/${id}`],
  ] as const)
    expect([401, 403]).toContain((await asked(token, method, path, body)).status);
  // Its time comes.
  await call('schedules_update', { id, version, trigger: { kind: 'interval', seconds: 5 } });
  await expect
    .poll(async () => (await call('schedules_ticks', { id })).items.map(({ outcome }) => outcome), {
      timeout: 20_000,
      interval: 200,
    })
    .toContain('ran');
  await call('schedules_delete', { id });
  const { items } = await call('audit_list', { principal: key, op: 'schedules_create' });
  expect(items).toHaveLength(1);
});

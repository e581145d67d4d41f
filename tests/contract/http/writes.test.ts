/** Answers of writes: status, Location, ETag, preconditions, rights. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../../src/contract/kernel/errors.ts';
import { openTestDoors, type TestDoors } from '../../support/doors.ts';
import { httpClient } from './client.ts';

const job = { job_id: `job_${'0'.repeat(26)}`, request_id: '0193a5c6-5d0e-7b3a-9c54-1f2e3d4c5b6a' };
const AT = '2026-11-20T10:50:00.000Z';
const apiKey = (version: number) => ({
  id: `key_${'0'.repeat(26)}`,
  name: 'k',
  prefix: 'p',
  scopes: ['read'],
  areas: ['host'],
  rate_multiplier: 1,
  expires_at: null,
  last_used_at: null,
  created_at: AT,
  updated_at: AT,
  version,
});

let subject: TestDoors;
let key: string;
let created = 0;
const { call } = httpClient(() => ({ url: subject.url, key }));

beforeAll(async () => {
  subject = await openTestDoors({
    handlers: {
      keys_create: (input: { name: string }) => {
        if (input.name === 'clash') throw new AppError('conflict', 'There is one already.');
        return { ...apiKey(1), name: input.name, key: 'tak_x' };
      },
      keys_update: (_input: never, { ifMatch }) => {
        if (ifMatch !== 3)
          throw new AppError('version-conflict', undefined, { status: 412, extra: { current_version: 3 } });
        return apiKey(4);
      },
      backups_create: ({ wait }: { wait: boolean }) =>
        wait ? { id: `bak_${'0'.repeat(26)}`, kind: 'manual', bytes: 1, sha256: 'x', created_at: AT } : job,
      tasks_create: () => {
        created += 1;
        return { batch_id: `bat_${'0'.repeat(26)}`, items: [] };
      },
    },
  });
  key = subject.key('admin', ['models', 'automation', 'host']);
});
afterAll(() => subject[Symbol.asyncDispose]());

describe('answers of writes', () => {
  test('201 with Location, 202 with the job, 200 when waited for', async () => {
    const made = await call('POST', '/v1/keys', { body: '{"name":"new"}' });
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`/v1/keys/key_${'0'.repeat(26)}`);
    const started = await call('POST', '/v1/backups');
    expect(started.status).toBe(202);
    expect(started.headers.get('location')).toBe(`/v1/jobs/${job.job_id}`);
    expect((await call('POST', '/v1/backups?wait=true')).status).toBe(200);
    expect((await call('POST', '/v1/keys', { body: '{"name":"clash"}' })).headers.get('x-should-retry')).toBe('false');
  });

  test('ETag, If-None-Match and If-Match', async () => {
    const first = await call('GET', '/v1/settings');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"\d+"$/);
    const again = await call('GET', '/v1/settings', { headers: { 'if-none-match': etag } });
    expect([again.status, again.text]).toEqual([304, '']);
    const patch = (version: string) =>
      call('PATCH', `/v1/keys/key_${'0'.repeat(26)}`, { body: '{"name":"b"}', headers: { 'if-match': version } });
    expect((await patch('"3"')).headers.get('etag')).toBe('"4"');
    expect((await patch('"2"')).json).toMatchObject({ status: 412, code: 'version_conflict', current_version: 3 });
    expect((await patch('junk')).status).toBe(400);
  });

  test('a task with a spec of its own needs scope manage; one of a command does not', async () => {
    const runner = { 'x-api-key': subject.key('run', ['automation']) };
    const post = (body: object) => call('POST', '/v1/tasks', { body: JSON.stringify(body), headers: runner });
    const before = created;
    const refused = await post({ spec: { kind: 'process', argv: ['true'] } });
    expect(refused.json).toMatchObject({
      status: 403,
      code: 'forbidden',
      detail: 'Running a spec of your own needs a credential with scope manage.',
      required_scope: 'manage',
      required_area: 'automation',
    });
    expect(created).toBe(before);
    expect((await post({ command_id: `cmd_${'0'.repeat(26)}` })).status).toBe(201);
  });
});

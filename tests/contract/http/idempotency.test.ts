/** `Idempotency-Key`: the same request again does nothing and gets the same answer. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../../src/contract/kernel/errors.ts';
import { manualClock } from '../../support/core.ts';
import { openTestDoors, type TestDoors } from '../../support/doors.ts';
import { openSocket } from '../../support/frame-client.ts';
import { httpClient } from './client.ts';

const clock = manualClock();
let subject: TestDoors;
let key: string;
let created = 0;
let release: () => void = () => {};
const { call, postJson } = httpClient(() => ({ url: subject.url, key }));

beforeAll(async () => {
  subject = await openTestDoors({
    clock,
    handlers: {
      tasks_create: async (input: { labels: string[] }) => {
        created += 1;
        if (input.labels.includes('slow')) await new Promise<void>((resolve) => (release = resolve));
        if (input.labels.includes('fails once') && created % 2 === 1) throw new AppError('conflict', 'Not now.');
        return { batch_id: `bat_${String(created).padStart(26, '0')}`, items: [] };
      },
    },
  });
  key = subject.key('admin', ['models', 'automation', 'host']);
});
afterAll(() => subject[Symbol.asyncDispose]());

describe('Idempotency-Key', () => {
  const body = '{"labels":["once"]}';
  const once = (idempotency: string, more: Record<string, string> = {}) =>
    postJson('/v1/tasks', body, { 'idempotency-key': idempotency, ...more });

  // Catches one client that gets the answer of another.
  test('is a principal’s own', async () => {
    const mine = await once('shared');
    const theirs = await once('shared', { 'x-api-key': subject.key('run', ['automation']) });
    expect(theirs.status).toBe(201);
    expect(theirs.headers['idempotency-replayed']).toBeUndefined();
    expect(theirs.json.batch_id).not.toBe(mine.json.batch_id);
  });

  // Catches a retry over another door that starts the work twice.
  test('is the `idem` of a frame', async () => {
    const first = await once('both doors');
    const { client } = await openSocket(subject.url, { 'x-api-key': key });
    const again = await client.call('tasks_create', { labels: ['once'] }, { idem: 'both doors' });
    expect(again.last).toMatchObject({ t: 'ok', v: first.json });
    const other = await client.call('tasks_create', { labels: ['other'] }, { idem: 'both doors' });
    expect(other.last).toMatchObject({ t: 'err', e: { status: 422, code: 'idempotency_key_reuse' } });
    client.close();
  });

  test('is kept for 24 hours', async () => {
    const first = await once('a day');
    clock.advance(24 * 3_600_000);
    expect((await once('a day')).json).toEqual(first.json);
    clock.advance(1);
    const fresh = await once('a day');
    expect(fresh.headers['idempotency-replayed']).toBeUndefined();
    expect(fresh.json.batch_id).not.toBe(first.json.batch_id);
  });

  // Catches a failure that is remembered instead of an answer.
  test('of a request that failed may be used again', async () => {
    if (created % 2 === 1) await once('even');
    const again = () => postJson('/v1/tasks', '{"labels":["fails once"]}', { 'idempotency-key': 'fails' });
    expect((await again()).status).toBe(409);
    expect((await again()).status).toBe(201);
    expect((await again()).headers['idempotency-replayed']).toBe('true');
  });
});

test('runs once, replays, refuses another input and a second one while the first runs', async () => {
  const post = (body: string, idempotency: string) =>
    call('POST', '/v1/tasks', { body, headers: { 'idempotency-key': idempotency } });
  const before = created;
  const first = await post('{"labels":["a"],"priority":"low"}', 'k1');
  const second = await post('{"priority":"low","labels":["a"]}', 'k1');
  expect(created - before).toBe(1);
  expect(first.headers.get('idempotency-replayed')).toBeNull();
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  expect(second.json).toEqual(first.json);
  expect((await post('{"labels":["b"]}', 'k1')).json.code).toBe('idempotency_key_reuse');
  const slow = post('{"labels":["slow"]}', 'k2');
  while (created - before < 2) await call('GET', '/v1/health');
  const meanwhile = await post('{"labels":["slow"]}', 'k2');
  expect(meanwhile.json.code).toBe('idempotency_in_progress');
  expect(meanwhile.headers.get('retry-after')).toBe('1');
  expect(meanwhile.headers.get('x-should-retry')).toBeNull();
  release();
  expect((await slow).status).toBe(201);
  expect((await post('{}', 'x'.repeat(201))).json.code).toBe('validation_error');
});

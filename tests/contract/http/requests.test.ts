/** What a request may look like: addresses, bodies, input. */
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Problem } from '../../../src/contract/kernel/errors.ts';
import { openTestDoors, type TestDoors } from '../../support/doors.ts';
import { httpClient } from './client.ts';

const MIB = 1024 * 1024;
const TASK = `tsk_${'0'.repeat(26)}`;
let subject: TestDoors;
let key: string;
const { call, raw, send, postJson } = httpClient(() => ({ url: subject.url, key }));

beforeAll(async () => {
  subject = await openTestDoors();
  key = subject.key('admin', ['models', 'automation', 'host']);
});
afterAll(() => subject[Symbol.asyncDispose]());

const host = () => new URL(subject.url).host;

describe('addresses', () => {
  test.each([
    '/health',
    '/v1/health',
    '/api/v1/health',
    '/v1/health/',
    '/v1/health?verbose=1',
  ])('%s is health', async (path) => {
    const { status, json } = await call('GET', path);
    expect(status).toBe(200);
    expect(json.service).toBe('tabagent-server');
  });

  test('HEAD answers like GET without the body', async () => {
    const { status, text, headers } = await call('HEAD', '/v1/health');
    expect(status).toBe(200);
    expect(text).toBe('');
    expect(Number(headers.get('content-length'))).toBeGreaterThan(50);
  });

  test('an unknown one is 404 with a guess, a wrong method 405 with Allow', async () => {
    const unknown = await call('GET', '/v1/tsks');
    expect(unknown.status).toBe(404);
    expect(unknown.json).toMatchObject({ code: 'route_not_found', did_you_mean: '/v1/tasks', instance: '/v1/tsks' });
    const wrong = await call('PUT', '/v1/tasks');
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')).toBe('POST, GET, HEAD');
    expect(wrong.json).toMatchObject({ code: 'method_not_allowed', allowed: ['POST', 'GET', 'HEAD'] });
  });

  test('operations of the panel alone have none', async () => {
    expect((await call('POST', '/v1/demo/start')).status).toBe(404);
  });
});

describe('what cannot be read is still a problem', () => {
  const problemIn = (answer: string) => Problem.parse(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)));

  test.each([
    ['nonsense', 'BLAH\r\n\r\n', 400],
    ['headers of 20 KiB', `GET /v1/health HTTP/1.1\r\nhost: HOST\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    ['no Host', 'GET /v1/health HTTP/1.1\r\n\r\n', 403],
    ['a foreign absolute address', 'GET http://evil.test/v1/health HTTP/1.1\r\nhost: HOST\r\n\r\n', 400],
    ['a broken percent-encoding', 'GET /v1/tasks/%E0%A4%A HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\n\r\n', 400],
    [
      'a WebSocket elsewhere',
      'GET /ws HTTP/1.1\r\nhost: HOST\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
      404,
    ],
  ])('%s', async (_name, text, status) => {
    const answer = await raw(text.replace('HOST', host()));
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
    expect(problemIn(answer).status).toBe(status);
  });

  test('bodies: syntax with its position, type, size, nesting, encoding', async () => {
    const post = (body: string | Uint8Array, type = 'application/json') =>
      call('POST', '/v1/keys', { body: Uint8Array.from(Buffer.from(body)), headers: { 'content-type': type } });
    expect((await post('{"name": }')).json).toMatchObject({ code: 'invalid_json', position: 9 });
    expect((await post('{}', 'text/xml')).json).toMatchObject({ code: 'unsupported_media_type', status: 415 });
    expect((await post('{}', 'application/json; charset=latin1')).status).toBe(415);
    expect((await post(Buffer.from([0x22, 0xff, 0x22]))).json.code).toBe('invalid_json');
    expect((await post(`{"name":${'['.repeat(100)}${']'.repeat(100)}}`)).json.code).toBe('bad_request');
    expect((await post('[1]')).json).toMatchObject({
      code: 'validation_error',
      errors: { body: 'body must be object' },
    });
    const large = await post(`{"name":"${'x'.repeat(2 * 1024 * 1024)}"}`);
    expect(large.json).toMatchObject({ code: 'payload_too_large', limit_bytes: 2 * 1024 * 1024 });
  });

  test('GET and DELETE tolerate a JSON body, null means none', async () => {
    const send = async (method: string, path: string, body: string) => {
      const { promise, resolve } = Promise.withResolvers<http.IncomingMessage>();
      const headers = { 'x-api-key': key, 'content-type': 'application/json', 'content-length': String(body.length) };
      http.request(subject.url + path, { method, headers }, resolve).end(body);
      const response = await promise;
      response.resume();
      return response.statusCode;
    };
    expect(await send('GET', '/v1/tasks', 'null')).toBe(200);
    expect(await send('GET', '/v1/tasks', '{"limit":3}')).toBe(200);
    expect(subject.seen.at(-1)?.input).toMatchObject({ limit: 3 });
    expect(await send('DELETE', `/v1/tasks/${TASK}`, 'null')).toBe(200);
  });
});

describe('a body of 2 MiB', () => {
  const body = (bytes: number) => `{"labels":[]}`.padEnd(bytes, ' ');

  test('is read, one byte more is 413 with the limit, whether its length is announced or not', async () => {
    expect((await postJson('/v1/tasks', body(2 * MIB))).status).toBe(201);
    const announced = await postJson('/v1/tasks', body(2 * MIB + 1));
    const streamed = await send('POST', '/v1/tasks', { 'content-type': 'application/json' }, (call) => {
      for (let i = 0; i < 3; i++) call.write(Buffer.alloc(MIB, ' '));
      call.end();
    });
    for (const { status, headers, json } of [announced, streamed]) {
      expect(status).toBe(413);
      expect(headers['content-type']).toContain('application/problem+json');
      expect(headers.connection).toBe('close');
      expect(json).toMatchObject({ code: 'payload_too_large', limit_bytes: 2 * MIB });
    }
  });

  // Catches a server that reads a body it has already decided against.
  test('is not waited for when its announced length is too large', async () => {
    const { status, json } = await send(
      'POST',
      '/v1/tasks',
      { 'content-type': 'application/json', 'content-length': 3 * MIB },
      (call) => call.flushHeaders(),
    );
    expect(status).toBe(413);
    expect(json).toMatchObject({ limit_bytes: 2 * MIB });
  });
});

describe('input', () => {
  test('is query under body under path, coerced by the schema', async () => {
    await call('GET', '/v1/tasks?limit=7&count=true&status=queued&status=running&label=a');
    expect(subject.seen.at(-1)?.input).toMatchObject({
      limit: 7,
      count: true,
      status: ['queued', 'running'],
      label: 'a',
    });
    await call('POST', `/v1/tasks/${TASK}/cancel?force=true`, { body: `{"id":"tsk_${'1'.repeat(26)}"}` });
    expect(subject.seen.at(-1)?.input).toEqual({ id: TASK, force: true });
  });

  test('that does not fit is refused with a text for each field', async () => {
    const { json } = await call('GET', '/v1/tasks?limit=500&nope=1&count=maybe');
    expect(json).toMatchObject({
      code: 'validation_error',
      detail: "Field 'limit': limit must be between 1 and 200, got 500 (and 2 more)",
      field: 'limit',
      errors: {
        limit: 'limit must be between 1 and 200, got 500',
        count: 'count must be boolean',
        nope: 'unknown field',
      },
    });
  });

  test('a member called __proto__ is a member like any other', async () => {
    const { json } = await call('POST', '/v1/keys', { body: '{"name":"a","__proto__":{"admin":true}}' });
    expect(json.errors).toEqual({ __proto__: 'unknown field' });
  });
});

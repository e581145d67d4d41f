/** The rules of the HTTP door. */
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError, Problem } from '../../src/contract/kernel/errors.ts';
import { PortInUseError } from '../../src/main/doors/http/listen.ts';
import { addArtifact, openTestDoors, type TestDoors } from '../support/doors.ts';

const TASK = `tsk_${'0'.repeat(26)}`;
const ARTIFACT = `art_${'0'.repeat(26)}`;
const job = { job_id: `job_${'0'.repeat(26)}`, request_id: '0193a5c6-5d0e-7b3a-9c54-1f2e3d4c5b6a' };

let subject: TestDoors;
let key: string;
let created = 0;
let release: () => void = () => {};

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
      tasks_create: async (input: { labels: string[] }) => {
        created += 1;
        if (input.labels.includes('slow')) await new Promise<void>((resolve) => (release = resolve));
        return { batch_id: `bat_${'0'.repeat(26)}`, items: [] };
      },
      logs_stats: () => ({
        total_logs: 1,
        by_level: {},
        by_source: Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`source-${index}`, index])),
        by_context: {},
        oldest_timestamp: null,
        newest_timestamp: null,
        dropped: 0,
      }),
    },
  });
  key = subject.key('admin', ['models', 'automation', 'host']);
  addArtifact(subject, ARTIFACT, 'naïve "report".txt', '0123456789', 'text/plain');
});
afterAll(() => subject[Symbol.asyncDispose]());

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

async function call(
  method: string,
  path: string,
  options: { body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> } = {},
) {
  const response = await fetch(subject.url + path, {
    method,
    headers: {
      'x-api-key': key,
      ...(typeof options.body === 'string' ? { 'content-type': 'application/json' } : {}),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { body: options.body }),
  });
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, json };
}

/** Sends bytes as they are and gives the whole answer. */
async function raw(text: string): Promise<string> {
  const socket = net.connect(Number(new URL(subject.url).port), '127.0.0.1');
  socket.end(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

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

describe('every answer', () => {
  test('carries the headers of every answer', async () => {
    const { headers } = await call('GET', '/v1/health');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(headers.get('x-tabagent-contract')).toBe('1');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test('adopts a request id that is a uuid', async () => {
    const id = '0193a5c6-5d0e-7b3a-9c54-1f2e3d4c5b6a';
    expect((await call('GET', '/v1/health', { headers: { 'x-request-id': id } })).headers.get('x-request-id')).toBe(id);
    expect((await call('GET', '/v1/nowhere', { headers: { 'x-request-id': id } })).json.request_id).toBe(id);
    expect(
      (await call('GET', '/v1/health', { headers: { 'x-request-id': 'mine' } })).headers.get('x-request-id'),
    ).not.toBe('mine');
  });

  test('is compressed when long and asked for', async () => {
    const { promise, resolve } = Promise.withResolvers<http.IncomingMessage>();
    http.get(
      `${subject.url}/v1/logs/stats`,
      { headers: { 'x-api-key': key, 'accept-encoding': 'br;q=1, gzip' } },
      resolve,
    );
    const response = await promise;
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()).total_logs).toBe(1);
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

  test('Idempotency-Key: runs once, replays, refuses another input and a second one while the first runs', async () => {
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
});

describe('rate limits', () => {
  test('tell their state and refuse with Retry-After', async () => {
    await using limited = await openTestDoors({
      settings: { 'rate_limits.enabled': true, 'rate_limits.tiers': { standard: { per_min: 60, burst: 2 } } },
    });
    const limitedKey = limited.key('read', ['automation']);
    const get = () => fetch(`${limited.url}/v1/tasks`, { headers: { 'x-api-key': limitedKey } });
    const first = await get();
    expect(first.headers.get('x-ratelimit-limit-requests')).toBe('60');
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    await get();
    const refused = await get();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(Number(refused.headers.get('retry-after-ms'))).toBeLessThanOrEqual(1000);
    const problem = (await refused.json()) as object;
    expect(problem).toMatchObject({ code: 'too_many_requests', tier: 'standard', limit: 60, retry_after: 1 });
    expect(problem).not.toHaveProperty('retry_after_ms');
  });
});

describe('CORS', () => {
  test('answers preflights of allowed origins and echoes exactly those', async () => {
    subject.core.settings.update({ allowed_origins: ['https://app.example'] });
    const headers = { origin: 'https://app.example' };
    const preflight = await call('OPTIONS', '/v1/tasks', {
      headers: {
        ...headers,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, x-stainless-os, x-evil',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization, x-stainless-os');
    expect(preflight.headers.get('access-control-allow-private-network')).toBe('true');
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    const real = await call('GET', '/v1/tasks', { headers });
    expect(real.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(real.headers.get('vary')).toContain('Origin');
    const foreign = await call('OPTIONS', '/v1/tasks', {
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(foreign.status).toBe(403);
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('bytes', () => {
  const content = (headers: Record<string, string> = {}, query = '') =>
    call('GET', `/v1/artifacts/${ARTIFACT}/content${query}`, { headers });

  test('artifacts: whole, in ranges, unchanged, always for saving', async () => {
    const whole = await content();
    expect([whole.status, whole.text]).toEqual([200, '0123456789']);
    expect(whole.headers.get('content-disposition')).toBe(
      `attachment; filename="na_ve _report_.txt"; filename*=UTF-8''na%C3%AFve%20%22report%22.txt`,
    );
    expect(whole.headers.get('content-security-policy')).toContain('sandbox');
    const part = await content({ range: 'bytes=2-4' });
    expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, '234', 'bytes 2-4/10']);
    expect((await content({ range: 'bytes=-3' })).text).toBe('789');
    expect((await content({ range: 'bytes=99-' })).status).toBe(416);
    expect((await content({ 'if-none-match': whole.headers.get('etag') ?? '' })).status).toBe(304);
    expect((await call('GET', `/v1/artifacts/art_${'1'.repeat(26)}/content`)).json).toMatchObject({
      code: 'not_found',
    });
  });

  test('a ticket opens one artifact once, without a key', async () => {
    const result = await subject.doors.dispatcher.dispatch(
      'artifacts_content',
      { id: ARTIFACT },
      {
        principal: (await import('../support/doors.ts')).OPERATOR,
        door: 'ipc',
        signal: new AbortController().signal,
        requestId: job.request_id,
        remote: 'local',
      },
    );
    const { url } = (result.kind === 'value' ? result.value : {}) as { url: string };
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\/artifacts\/art_0+\/content\?ticket=[\w-]{43}$/);
    expect((await fetch(url.replace(ARTIFACT, `art_${'1'.repeat(26)}`))).status).toBe(401);
    const first = await fetch(url);
    expect([first.status, await first.text()]).toEqual([200, '0123456789']);
    expect((await fetch(url)).status).toBe(401);
  });

  test('uploads: multipart, raw, and PUT with a ticket', async () => {
    const form = new FormData();
    form.set('file', new Blob(['from a form']), 'form.txt');
    const multipart = await fetch(`${subject.url}/v1/uploads`, {
      method: 'POST',
      headers: { 'x-api-key': key },
      body: form,
    });
    expect(multipart.status).toBe(201);
    const { upload_id: formId } = (await multipart.json()) as { upload_id: string };
    expect(subject.uploads.get(formId)?.toString()).toBe('from a form');
    const plain = await call('POST', '/v1/uploads?name=raw.bin', {
      body: Buffer.from('raw bytes'),
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(subject.uploads.get(plain.json.upload_id)?.toString()).toBe('raw bytes');
    expect(
      (await call('PUT', `/v1/uploads/${formId}?ticket=${'x'.repeat(43)}`, { body: Buffer.from('x') })).status,
    ).toBe(401);
    expect((await fetch(`${subject.url}/v1/uploads`, { method: 'POST', body: 'x' })).status).toBe(401);
  });
});

describe('the port', () => {
  test('that is taken is named with its owner and left alone', async () => {
    const port = Number(new URL(subject.url).port);
    await using second = await openTestDoors({ http: false });
    await second.doors.start('127.0.0.1', port);
    expect(second.doors.url()).toBeNull();
    const owner = process.platform === 'linux' ? ` by process ${process.pid} (` : '';
    expect(second.doors.error()).toContain(`Port ${port} on 127.0.0.1 is in use${owner}`);
    expect(second.doors.error()).toContain(
      'TabAgent did not touch it. Close that program or start TabAgent with --port <number>.',
    );
    expect(new PortInUseError('127.0.0.1', 8080, { pid: 4312, name: 'node' }).message).toBe(
      'Port 8080 on 127.0.0.1 is in use by process 4312 (node). TabAgent did not touch it. Close that program or start TabAgent with --port <number>.',
    );
    // On demand, once it is free.
    await second.doors.start('127.0.0.1', 0);
    expect((await fetch(`${second.doors.url()}/v1/health`)).status).toBe(200);
    expect(second.doors.error()).toBeNull();
  });
});

describe('stopping', () => {
  test('refuses new work with 503, lets what runs finish, and says goodbye to frames', async () => {
    let finish: () => void = () => {};
    let begun: () => void = () => {};
    const running = new Promise<void>((resolve) => (begun = resolve));
    const stopping = await openTestDoors({
      handlers: {
        logs_stats: async () => {
          begun();
          await new Promise<void>((resolve) => (finish = resolve));
          return {
            total_logs: 7,
            by_level: {},
            by_source: {},
            by_context: {},
            oldest_timestamp: null,
            newest_timestamp: null,
            dropped: 0,
          };
        },
      },
    });
    const stoppingKey = stopping.key('read', ['host']);
    const slow = fetch(`${stopping.url}/v1/logs/stats`, { headers: { 'x-api-key': stoppingKey } });
    await running;
    // A connection that is open already, with a request of its own once the stop has begun.
    const socket = net.connect(Number(new URL(stopping.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET /v1/health HTTP/1.1\r\nhost: ${new URL(stopping.url).host}\r\n`);
    await fetch(`${stopping.url}/v1/health`);
    const stopped = stopping.doors.stop(5000);
    socket.write('\r\n');
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1.1 503 /);
    expect(answer).toContain('"reason":"shutting_down"');
    finish();
    expect(((await (await slow).json()) as { total_logs: number }).total_logs).toBe(7);
    await stopped;
    stopping.core[Symbol.dispose]();
  });
});

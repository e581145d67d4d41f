/** Limits and small print of the HTTP door: what happens at the edge of what is allowed. */
import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../src/contract/kernel/errors.ts';
import { manualClock } from '../support/core.ts';
import { addArtifact, OPERATOR, openTestDoors, type TestDoors } from '../support/doors.ts';
import { openSocket } from '../support/frame-client.ts';

const MIB = 1024 * 1024;
const ORIGIN = 'https://app.example';
const ARTIFACT = `art_${'0'.repeat(26)}`;
const REQUEST_ID = '0193a5c6-5d0e-7b3a-9c54-1f2e3d4c5b6a';
const clock = manualClock();

let subject: TestDoors;
let key: string;
let created = 0;
let sources = 200;
/** Holds `system` back until the test lets it go. */
let gate = Promise.withResolvers<void>();
let entered = Promise.withResolvers<AbortSignal>();

beforeAll(async () => {
  subject = await openTestDoors({
    clock,
    record: false,
    settings: { allowed_origins: [ORIGIN] },
    handlers: {
      system: async (_input, { signal }) => {
        entered.resolve(signal);
        await gate.promise;
        throw new AppError('not-found', 'Nothing here.');
      },
      logs_stats: () => ({
        total_logs: 1,
        by_level: {},
        by_source: Object.fromEntries(Array.from({ length: sources }, (_, index) => [`source-${index}`, index])),
        by_context: {},
        oldest_timestamp: null,
        newest_timestamp: null,
        dropped: 0,
      }),
      tasks_create: (input: { labels: string[] }) => {
        created += 1;
        if (input.labels.includes('fails once') && created % 2 === 1) throw new AppError('conflict', 'Not now.');
        return { batch_id: `bat_${String(created).padStart(26, '0')}`, items: [] };
      },
    },
  });
  key = subject.key('admin', ['models', 'automation', 'host']);
  addArtifact(subject, ARTIFACT, 'report.txt', '0123456789', 'text/plain');
});
afterAll(() => subject[Symbol.asyncDispose]());

interface Answer {
  status: number | undefined;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
  json: Record<string, unknown>;
}

/** `fetch` sets encodings, lengths and origins of its own, so this speaks HTTP itself. */
async function send(
  method: string,
  path: string,
  headers: Record<string, string | number> = {},
  write: (call: http.ClientRequest) => void = (call) => void call.end(),
): Promise<Answer> {
  const call = http.request(subject.url + path, { method, headers: { 'x-api-key': key, ...headers } });
  // The server hangs up on bodies that it refuses.
  call.on('error', () => {});
  const answered = once(call, 'response');
  write(call);
  const [response] = (await answered) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const json = /json/.test(response.headers['content-type'] ?? '') && !response.headers['content-encoding'];
  return {
    status: response.statusCode,
    headers: response.headers,
    body,
    json: json && body.length > 0 ? JSON.parse(body.toString()) : {},
  };
}
const postJson = (path: string, text: string, headers: Record<string, string> = {}) =>
  send(
    'POST',
    path,
    { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers },
    (call) => call.end(text),
  );

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

describe('HEAD', () => {
  // Catches probes that get another answer than the GET they stand for.
  test.each(['/v1/tasks', '/v1/nowhere', '/openapi.json', '/api/v1/logs/stats/'])('of %s is its GET', async (path) => {
    const get = await send('GET', path);
    const head = await send('HEAD', path);
    expect(head.body.length).toBe(0);
    expect(get.body.length).toBeGreaterThan(0);
    const same = ({ status, headers }: Answer) => ({
      status,
      type: headers['content-type'],
      length: path === '/v1/nowhere' ? null : headers['content-length'],
      etag: headers.etag,
    });
    expect(same(head)).toEqual(same(get));
  });
});

describe('request ids', () => {
  // Catches two requests whose lines in the log cannot be told apart.
  test('are not adopted while in use, and again afterwards', async () => {
    gate = Promise.withResolvers<void>();
    entered = Promise.withResolvers<AbortSignal>();
    const headers = { 'x-request-id': REQUEST_ID };
    const first = send('GET', '/v1/system/info', headers);
    await entered.promise;
    const second = await send('GET', '/v1/health', headers);
    expect(second.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
    expect(second.headers['x-request-id']).not.toBe(REQUEST_ID);
    gate.resolve();
    expect((await first).headers['x-request-id']).toBe(REQUEST_ID);
    expect((await first).json.request_id).toBe(REQUEST_ID);
    expect((await send('GET', '/v1/health', headers)).headers['x-request-id']).toBe(REQUEST_ID);
  });

  // Catches a set of ids that grows with every client that hangs up.
  test('of a client that went away are free again', async () => {
    gate = Promise.withResolvers<void>();
    entered = Promise.withResolvers<AbortSignal>();
    const headers = { 'x-request-id': REQUEST_ID, 'x-api-key': key };
    const call = http.get(`${subject.url}/v1/system/info`, { headers });
    call.on('error', () => {});
    const noticed = once(await entered.promise, 'abort');
    call.destroy();
    await noticed;
    gate.resolve();
    await send('GET', '/v1/health');
    expect((await send('GET', '/v1/health', { 'x-request-id': REQUEST_ID })).headers['x-request-id']).toBe(REQUEST_ID);
  });
});

describe('compression', () => {
  const stats = (count: number, headers: Record<string, string>) => {
    sources = count;
    return send('GET', '/v1/logs/stats', headers);
  };

  test('is for JSON of more than 1 KiB and for those who ask', async () => {
    const long = await stats(200, { 'accept-encoding': 'gzip' });
    expect(long.headers['content-encoding']).toBe('gzip');
    expect(long.headers.vary).toContain('Accept-Encoding');
    expect(Number(long.headers['content-length'])).toBe(long.body.length);
    for (const refused of ['identity', 'br', 'gzip;q=0', 'gzip; q=0.0']) {
      const plain = await stats(200, { 'accept-encoding': refused });
      expect(plain.headers['content-encoding'], refused).toBeUndefined();
      expect(plain.json.total_logs).toBe(1);
    }
    expect((await stats(200, {})).headers['content-encoding']).toBeUndefined();
    const short = await stats(3, { 'accept-encoding': 'gzip' });
    expect(short.body.length).toBeLessThan(1024);
    expect(short.headers['content-encoding']).toBeUndefined();
  });
});

describe('Idempotency-Key', () => {
  const body = '{"labels":["once"]}';
  const post = (idempotency: string, more: Record<string, string> = {}) =>
    postJson('/v1/tasks', body, { 'idempotency-key': idempotency, ...more });

  // Catches one client that gets the answer of another.
  test('is a principal’s own', async () => {
    const mine = await post('shared');
    const theirs = await post('shared', { 'x-api-key': subject.key('run', ['automation']) });
    expect(theirs.status).toBe(201);
    expect(theirs.headers['idempotency-replayed']).toBeUndefined();
    expect(theirs.json.batch_id).not.toBe(mine.json.batch_id);
  });

  // Catches a retry over another door that starts the work twice.
  test('is the `idem` of a frame', async () => {
    const first = await post('both doors');
    const { client } = await openSocket(subject.url, { 'x-api-key': key });
    const again = await client.call('tasks_create', { labels: ['once'] }, { idem: 'both doors' });
    expect(again.last).toMatchObject({ t: 'ok', v: first.json });
    const other = await client.call('tasks_create', { labels: ['other'] }, { idem: 'both doors' });
    expect(other.last).toMatchObject({ t: 'err', e: { status: 422, code: 'idempotency_key_reuse' } });
    client.close();
  });

  test('is kept for 24 hours', async () => {
    const first = await post('a day');
    clock.advance(24 * 3_600_000);
    expect((await post('a day')).json).toEqual(first.json);
    clock.advance(1);
    const fresh = await post('a day');
    expect(fresh.headers['idempotency-replayed']).toBeUndefined();
    expect(fresh.json.batch_id).not.toBe(first.json.batch_id);
  });

  // Catches a failure that is remembered instead of an answer.
  test('of a request that failed may be used again', async () => {
    if (created % 2 === 1) await post('even');
    const again = () => postJson('/v1/tasks', '{"labels":["fails once"]}', { 'idempotency-key': 'fails' });
    expect((await again()).status).toBe(409);
    expect((await again()).status).toBe(201);
    expect((await again()).headers['idempotency-replayed']).toBe('true');
  });
});

describe('rate limits', () => {
  // Catches clients that wait as they were told and are refused again, or know nothing but the refusal.
  test('tell those they refuse everything, and let them in after what Retry-After says', async () => {
    const time = manualClock();
    await using limited = await openTestDoors({
      clock: time,
      settings: { 'rate_limits.enabled': true, 'rate_limits.tiers': { standard: { per_min: 30, burst: 2 } } },
    });
    const limitedKey = limited.key('read', ['automation']);
    const get = () => fetch(`${limited.url}/v1/tasks`, { headers: { 'x-api-key': limitedKey } });
    const limits = ({ headers }: Response) =>
      ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}-requests`));
    expect(limits(await get())).toEqual(['30', '1', '2']);
    expect(limits(await get())).toEqual(['30', '0', '4']);
    time.advance(500);
    const refused = await get();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(refused.headers.get('retry-after-ms')).toBe('1500');
    expect(refused.headers.get('x-should-retry')).toBeNull();
    expect(limits(refused)).toEqual(['30', '0', '4']);
    time.advance(1499);
    expect((await get()).status).toBe(429);
    time.advance(1);
    expect((await get()).status).toBe(200);
  });
});

describe('CORS', () => {
  const PREFLIGHT = { 'access-control-request-method': 'PATCH', 'access-control-request-private-network': 'true' };

  test('preflights of an allowed origin get methods, headers and their lifetime', async () => {
    const asked = [
      'authorization, X-Api-Key, content-type, idempotency-key, if-match, if-none-match, last-event-id, x-request-id',
      'openai-organization, x-stainless-retry-count',
    ].join(', ');
    const headers = { ...PREFLIGHT, origin: ORIGIN, 'access-control-request-headers': asked, 'x-api-key': '' };
    const preflight = await send('OPTIONS', '/v1/tasks', headers);
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      vary: 'Origin',
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': asked.toLowerCase(),
      'access-control-allow-private-network': 'true',
      'access-control-max-age': '600',
    });
    expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();
  });

  // Catches a page of any site that learns it may reach into the private network, or reads an answer.
  test.each([
    'https://evil.example',
    `${ORIGIN}.evil.example`,
    `${ORIGIN}:444`,
    'http://app.example',
    'null',
  ])('%s gets none of it', async (origin) => {
    for (const [method, headers] of [
      ['OPTIONS', PREFLIGHT],
      ['GET', {}],
    ] as const) {
      const answer = await send(method, '/v1/tasks', { ...headers, origin });
      expect(answer.status).toBe(403);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  // Catches failures that a page sees only as `TypeError: Failed to fetch`.
  test.each([
    ['GET', '/v1/nowhere', 404],
    ['PUT', '/v1/tasks', 405],
    ['GET', '/v1/tasks?limit=0', 400],
    ['GET', `/v1/artifacts/${ARTIFACT}/content`, 200],
    ['GET', '/v1/tasks', 200],
  ])('%s %s can be read by an allowed origin', async (method, path, status) => {
    const answer = await send(method, path, { origin: ORIGIN });
    expect(answer.status).toBe(status);
    expect(answer.headers['access-control-allow-origin']).toBe(ORIGIN);
    expect(answer.headers.vary).toContain('Origin');
    for (const name of ['x-request-id', 'retry-after', 'etag', 'location', 'x-ratelimit-limit-requests'])
      expect(answer.headers['access-control-expose-headers']).toContain(name);
  });
});

describe('content of an artifact', () => {
  const path = `/v1/artifacts/${ARTIFACT}/content`;

  test('HEAD tells its size and takes no range', async () => {
    const head = await send('HEAD', path, { range: 'bytes=2-4' });
    expect(head.status).toBe(200);
    expect(head.headers).toMatchObject({
      'content-length': '10',
      'accept-ranges': 'bytes',
      'content-type': 'text/plain',
    });
    expect(head.headers['content-disposition']).toContain('attachment; filename="report.txt"');
    expect(head.body.length).toBe(0);
  });

  test('ranges: open, cut at the end, outside, unreadable, several, of another version', async () => {
    const get = async (range: string, more: Record<string, string> = {}) => {
      const { status, headers, body } = await send('GET', path, { range, ...more });
      return [status, headers['content-range'], status === 416 ? '' : body.toString()];
    };
    expect(await get('bytes=7-')).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await get('bytes=8-99')).toEqual([206, 'bytes 8-9/10', '89']);
    expect(await get('bytes=10-')).toEqual([416, 'bytes */10', '']);
    expect(await get('bytes=-0')).toEqual([416, 'bytes */10', '']);
    for (const whole of ['bytes=5-2', 'lines=1-2', 'bytes=0-1,4-5', 'bytes=x'])
      expect(await get(whole)).toEqual([200, undefined, '0123456789']);
    const etag = (await send('HEAD', path)).headers.etag ?? '';
    expect(await get('bytes=0-0', { 'if-range': etag })).toEqual([206, 'bytes 0-0/10', '0']);
    expect(await get('bytes=0-0', { 'if-range': '"old"' })).toEqual([200, undefined, '0123456789']);
  });

  test('a ticket lasts five minutes, and a wrong one opens nothing', async () => {
    const issue = async () => {
      const result = await subject.doors.dispatcher.dispatch(
        'artifacts_content',
        { id: ARTIFACT },
        {
          principal: OPERATOR,
          door: 'ipc',
          signal: new AbortController().signal,
          requestId: REQUEST_ID,
          remote: 'local',
        },
      );
      return ((result.kind === 'value' ? result.value : {}) as { url: string }).url;
    };
    const inTime = await issue();
    clock.advance(5 * 60_000 - 1);
    expect((await fetch(inTime)).status).toBe(200);
    const late = await issue();
    clock.advance(5 * 60_000);
    expect((await fetch(late)).status).toBe(401);
    const wrong = await fetch(`${subject.url}${path}?ticket=${'x'.repeat(43)}`, { headers: { 'x-api-key': key } });
    expect(wrong.status).toBe(401);
    expect(await wrong.json()).toMatchObject({ code: 'unauthorized', instance: path });
    // A ticket for bytes is no ticket for anything else.
    const { search } = new URL(await issue());
    expect((await fetch(`${subject.url}/v1/artifacts/${ARTIFACT}${search}`)).status).toBe(401);
  });
});

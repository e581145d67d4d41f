/** What every answer has: headers, request ids, compression, HEAD. */
import { once } from 'node:events';
import http from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../../src/contract/kernel/errors.ts';
import { openTestDoors, type TestDoors } from '../../support/doors.ts';
import { type Answer, httpClient, logStats } from './client.ts';

const REQUEST_ID = '0193a5c6-5d0e-7b3a-9c54-1f2e3d4c5b6a';
let subject: TestDoors;
let key: string;
let sources = 200;
/** Holds `system` back until the test lets it go. */
let gate = Promise.withResolvers<void>();
let entered = Promise.withResolvers<AbortSignal>();
const { call, send } = httpClient(() => ({ url: subject.url, key }));

beforeAll(async () => {
  subject = await openTestDoors({
    handlers: {
      system: async (_input, { signal }) => {
        entered.resolve(signal);
        await gate.promise;
        throw new AppError('not-found', 'Nothing here.');
      },
      logs_stats: () => logStats(sources),
    },
  });
  key = subject.key('admin', ['models', 'automation', 'host']);
});
afterAll(() => subject[Symbol.asyncDispose]());

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

/** CORS: which pages may ask, and what they may read. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addArtifact, openTestDoors, type TestDoors } from '../../support/doors.ts';
import { httpClient } from './client.ts';

const ORIGIN = 'https://app.example';
const ARTIFACT = `art_${'0'.repeat(26)}`;
let subject: TestDoors;
let key: string;
const { call, send } = httpClient(() => ({ url: subject.url, key }));

beforeAll(async () => {
  subject = await openTestDoors({ settings: { allowed_origins: [ORIGIN] } });
  key = subject.key('admin', ['models', 'automation', 'host']);
  addArtifact(subject, ARTIFACT, 'report.txt', '0123456789', 'text/plain');
});
afterAll(() => subject[Symbol.asyncDispose]());

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

  test('answers preflights of allowed origins and echoes exactly those', async () => {
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

/** A generated matrix: a caller without the right is refused on every operation before its handler runs and before its body is read. */
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contract } from '../../src/contract/index.ts';
import type { Area, Operation, Scope } from '../../src/contract/kernel/define.ts';
import { openTestDoors, type TestDoors } from '../support/doors.ts';
import { frameClient, openSocket } from '../support/frame-client.ts';
import { httpRequestOf } from '../support/http-call.ts';
import { sampleOf } from '../support/sample.ts';

const AREAS: readonly Area[] = ['models', 'automation', 'host'];
const SCOPES: readonly Scope[] = ['read', 'run', 'manage', 'admin'];

const operations = Object.entries(contract) as [string, Operation][];
const overHttp = operations.filter(([, operation]) => operation.http !== null);

let subject: TestDoors;
const keys = new Map<string, string>();
const keyOf = (scope: Scope, areas: readonly Area[]) => {
  const name = `${scope} ${areas.join()}`;
  const key = keys.get(name) ?? subject.key(scope, [...areas]);
  keys.set(name, key);
  return key;
};

beforeAll(async () => {
  subject = await openTestDoors();
});
afterAll(() => subject[Symbol.asyncDispose]());

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  problem: Record<string, unknown>;
}

/** `fetch` may set neither Host nor Origin, so this speaks HTTP itself. */
function request(id: string, operation: Operation, headers: Record<string, string>, withBody = true): Promise<Answer> {
  const { method, path, body } = httpRequestOf(id, sampleOf(operation.input, 'input'));
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = withBody && body !== undefined ? { 'content-type': 'application/json', ...headers } : headers;
  const call = http.request(subject.url + path, { method, headers: sent }, async (response) => {
    let text = '';
    for await (const chunk of response) text += String(chunk);
    const problem = response.headers['content-type']?.startsWith('application/problem+json') ? JSON.parse(text) : {};
    resolve({ status: response.statusCode ?? 0, headers: response.headers, problem });
  });
  call.on('error', reject);
  call.end(withBody ? body : undefined);
  return promise;
}

async function expectRefusal(answer: Promise<Answer>, status: number, code: string): Promise<void> {
  const before = subject.seen.length;
  const { status: got, problem, headers } = await answer;
  expect({ got, code: problem.code }).toEqual({ got: status, code });
  expect(problem).toMatchObject({
    status,
    request_id: headers['x-request-id'],
    type: expect.stringContaining(code.replaceAll('_', '-')),
  });
  expect(subject.seen.length, 'the handler ran').toBe(before);
}

describe.each(overHttp)('%s over HTTP', (id, operation) => {
  const admin = () => ({ authorization: `Bearer ${keyOf('admin', AREAS)}` });

  // DNS rebinding: a page of evil.test that resolves to 127.0.0.1 (CVE-2024-28224).
  test('refuses a foreign Host', () =>
    expectRefusal(request(id, operation, { ...admin(), host: 'evil.test' }), 403, 'host_not_allowed'));

  // A page of another site that guessed the port, with the user's key at hand.
  test.each([
    'https://evil.test',
    'null',
    'http://127.0.0.1:1',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
  ])('refuses the Origin %s', async (origin) => {
    const answer = request(id, operation, { ...admin(), origin });
    await expectRefusal(answer, 403, 'origin_not_allowed');
    expect((await answer).headers['access-control-allow-origin']).toBeUndefined();
  });

  if (operation.anonymous) return;

  test('refuses a caller without a key', () => expectRefusal(request(id, operation, {}), 401, 'unauthorized'));

  // One checkpoint for all header forms (CVE-2026-45339).
  test('refuses an unknown key in either header', async () => {
    const key = `tak_${'x'.repeat(12)}_${'y'.repeat(43)}`;
    await expectRefusal(request(id, operation, { authorization: `Bearer ${key}` }), 401, 'unauthorized');
    await expectRefusal(request(id, operation, { 'x-api-key': key }), 401, 'unauthorized');
    await expectRefusal(
      request(id, operation, { authorization: `Basic ${key}`, 'x-api-key': keyOf('admin', AREAS) }),
      401,
      'unauthorized',
    );
  });

  const lower = SCOPES[SCOPES.indexOf(operation.scope) - 1];
  if (lower) {
    test('refuses a lesser scope', () =>
      expectRefusal(request(id, operation, { 'x-api-key': keyOf(lower, AREAS) }), 403, 'forbidden'));
  }
  if (operation.area !== 'any') {
    test('refuses another area', () => {
      const others = AREAS.filter((area) => area !== operation.area);
      return expectRefusal(request(id, operation, { 'x-api-key': keyOf('admin', others) }), 403, 'forbidden');
    });
  }

  // text/plain needs no preflight: the classic way of a page to post across origins.
  if (operation.http?.method !== 'GET' && id !== 'uploads_create') {
    test('refuses a text/plain body', () => {
      const { method, path } = httpRequestOf(id, sampleOf(operation.input, 'input'));
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      const call = http.request(
        subject.url + path,
        { method, headers: { ...admin(), 'content-type': 'text/plain', 'content-length': '2' } },
        async (response) => {
          let text = '';
          for await (const chunk of response) text += String(chunk);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, problem: JSON.parse(text) });
        },
      );
      call.on('error', reject);
      call.end('{}');
      return expectRefusal(promise, 415, 'unsupported_media_type');
    });
  }
});

describe.each(operations.filter(([, operation]) => !operation.anonymous))('%s over frames', (id, operation) => {
  const input = sampleOf(operation.input, 'input');

  // A transport must not widen a scope.
  test('refuses what the principal lacks', async () => {
    const { client } = await openSocket(subject.url);
    const before = subject.seen.length;
    const anonymous = await client.call(id, input);
    expect(anonymous.last).toMatchObject({ t: 'err', e: { status: 401 } });
    client.close();
    const lower = SCOPES[SCOPES.indexOf(operation.scope) - 1];
    if (lower) {
      const ipc = frameClient(
        subject.ipc({ kind: 'key', id: 'k', name: 'k', scope: lower, areas: AREAS, rateMultiplier: 1 }),
      );
      const { last } = await ipc.call(id, input);
      expect(last).toMatchObject({ t: 'err', e: { status: 403, required_scope: operation.scope } });
      ipc.close();
    }
    expect(subject.seen.length).toBe(before);
  });
});

describe('WebSocket handshake', () => {
  test.each([
    { host: 'evil.test' },
    { origin: 'https://evil.test' },
    { origin: 'null' },
  ])('refuses %o', async (headers) => {
    await expect(openSocket(subject.url, headers)).rejects.toThrow('refused with 403');
  });

  test('refuses an unknown key', async () => {
    await expect(openSocket(subject.url, { authorization: 'Bearer tak_nobody' })).rejects.toThrow('refused with 401');
  });

  test('closes with 4401 after a hello with an unknown token', async () => {
    const { client } = await openSocket(subject.url);
    client.send({ t: 'hello', v: 1, token: 'tak_nobody' });
    expect(await client.wait((frame) => frame.t === 'err')).toMatchObject({ id: null, e: { code: 'unauthorized' } });
    expect(await client.closed).toBe(4401);
  });
});

describe('a signed-in browser', () => {
  /** Its own token, as the panel's page sends it. */
  async function signIn(): Promise<Record<string, string>> {
    const { ticket } = subject.connections.service.sessions.issueLink();
    const response = await fetch(`${subject.url}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: subject.url },
      body: JSON.stringify({ ticket }),
    });
    expect(response.status).toBe(200);
    const { token } = (await response.json()) as { token: string };
    return { authorization: `Bearer ${token}`, origin: subject.url };
  }
  const status = (headers: Record<string, string>) => request('keys_list', contract.keys_list, headers, false);

  // http://localhost:3000 is the same site, but not the same origin.
  test.each(['same-site', 'cross-site'])('is refused from a %s page', async (site) => {
    const session = await signIn();
    expect((await status({ ...session, 'sec-fetch-site': site })).status).toBe(403);
    expect((await status({ ...session, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await status(session)).status).toBe(200);
  });

  // Catches authority that a browser sends by itself: a cookie for 127.0.0.1 goes to every port of it, and back from there.
  test('is recognised by no cookie', async () => {
    const { authorization } = await signIn();
    const token = authorization?.slice('Bearer '.length) ?? '';
    for (const name of ['tabagent_session', 'session', 'token', 'authorization']) {
      expect((await status({ cookie: `${name}=${token}` })).status).toBe(401);
    }
    const { client } = await openSocket(subject.url, { cookie: `tabagent_session=${token}`, origin: subject.url });
    expect((await client.call('keys_list')).last).toMatchObject({ t: 'err', e: { code: 'unauthorized' } });
    client.close();
  });

  test('is signed out by auth_logout, which closes its sockets', async () => {
    const session = await signIn();
    const { client } = await openSocket(subject.url, { origin: subject.url });
    client.send({ t: 'hello', v: 1, token: session.authorization?.slice('Bearer '.length) });
    await client.wait((frame) => frame.t === 'welcome');
    expect((await client.call('keys_list')).last.t).toBe('ok');
    await fetch(`${subject.url}/v1/auth/logout`, { method: 'POST', headers: session });
    expect(await client.closed).toBe(4401);
    expect((await status(session)).status).toBe(401);
  });

  test('gets in once per link', async () => {
    const { ticket } = subject.connections.service.sessions.issueLink();
    const login = () =>
      fetch(`${subject.url}/v1/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ticket }),
      });
    expect((await login()).status).toBe(200);
    expect((await login()).status).toBe(401);
  });
});

describe('keys', () => {
  test('that are deleted close their sockets at once', async () => {
    const key = subject.connections.service.keys.create({
      name: 'k',
      scopes: ['read'],
      areas: ['host'],
      rate_multiplier: 1,
      expires_at: null,
    });
    const { client } = await openSocket(subject.url, { 'x-api-key': key.key });
    client.send({ t: 'hello', v: 1 });
    await client.wait((frame) => frame.t === 'welcome');
    subject.connections.service.keys.remove(key.id);
    expect(await client.closed).toBe(4401);
    expect(client.frames.at(-1)).toEqual({ t: 'bye', reason: 'revoked' });
  });

  test('that fail too often cost their address 429, and a right one still works', async () => {
    await using limited = await openTestDoors({ settings: { 'rate_limits.enabled': true } });
    const right = limited.key('admin', ['host']);
    const get = async (key: string) =>
      (await fetch(`${limited.url}/v1/keys`, { headers: { 'x-api-key': key } })).status;
    const statuses = [];
    for (let i = 0; i < 7; i++) statuses.push(await get(`tak_${'x'.repeat(12)}_${'y'.repeat(43)}`));
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect(await get(right)).toBe(200);
  });

  test('leave a line in the audit when they are refused', async () => {
    const key = keyOf('read', ['host']);
    await fetch(`${subject.url}/v1/keys`, { headers: { 'x-api-key': key } });
    const lines = subject.core.db.raw
      .prepare("SELECT op, outcome FROM audit WHERE op = 'keys_list' AND outcome = 'forbidden'")
      .all();
    expect(lines.length).toBeGreaterThan(0);
  });
});

describe('local callers without a key, when the operator allows them', () => {
  test('reach Table A and nothing else, also with a dummy key', async () => {
    await using open = await openTestDoors({ settings: { allow_unauthenticated_local: true } });
    const get = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(open.url + path, { headers })).status;
    expect(await get('/v1/system/info')).toBe(200);
    expect(await get('/v1/system/info', { authorization: 'Bearer lm-studio' })).toBe(200);
    expect(await get('/v1/system/info', { authorization: `Bearer tak_${'x'.repeat(12)}_${'y'.repeat(43)}` })).toBe(401);
    expect(await get('/v1/tasks')).toBe(401);
    expect(await get('/v1/changes?since=0')).toBe(401);
  });
});

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { Harness } from '../executor.harness.ts';
import { redirected } from './redirect.ts';

const TLS = join(import.meta.dirname, '../../../../tests/fixtures/tls');
const SECRET = 'tok/en+1234';
const SHORT = 'q7!';

/** What arrived, by path: redirects go from `/from` to `/to`. */
interface Arrived {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
const arrived: Arrived[] = [];
/** Status and target of the answer to `/from`, and what each target answers when it redirects further. */
let redirect = { status: 302, location: '', further: '' };

const listener: RequestListener = async (request, response) => {
  const chunks = await request.toArray();
  const { pathname } = new URL(request.url ?? '/', 'http://x');
  const secure = 'encrypted' in request.socket;
  const origin = `${secure ? 'https' : 'http'}://${request.headers.host}`;
  const { method = '', headers } = request;
  arrived.push({ origin, path: pathname, method, headers, body: Buffer.concat(chunks).toString() });
  const location = pathname === '/from' ? redirect.location : pathname === '/to' ? redirect.further : '';
  if (location === '') return void response.end('there');
  response.writeHead(pathname === '/from' ? redirect.status : 307, { location }).end();
};

const servers: Server[] = [];
async function listen(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

let plain = '';
let other = '';
let named = '';
let secure = '';

beforeAll(async () => {
  const port = await listen(createHttp(listener));
  plain = `http://127.0.0.1:${port}`;
  named = `http://localhost:${port}`;
  other = `http://127.0.0.1:${await listen(createHttp(listener))}`;
  const tls = { cert: readFileSync(join(TLS, 'localhost.crt')), key: readFileSync(join(TLS, 'localhost.key')) };
  secure = `https://127.0.0.1:${await listen(createHttps(tls, listener))}`;
});
beforeEach(() => {
  arrived.length = 0;
  vi.stubEnv('NODE_EXTRA_CA_CERTS', join(TLS, 'localhost.crt'));
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** Every way in which a header can carry a credential, also under a name that says nothing, and headers that carry none. */
const CREDENTIALS = {
  authorization: 'Basic Zm9v',
  'proxy-authorization': 'Basic Zm9v',
  cookie: 'sid=1',
  'x-api-key': 'literal',
  'private-token': 'literal',
  'x-amz-security': 'literal',
  'x-vault': 'literal',
  'x-hub-sig': 'literal',
  'x-user-pw': 'literal',
  'x-acc-code': 'literal',
  access: 'literal',
  dpop: 'literal',
  'x-plain-name': SECRET,
  'x-in-the-middle': `v1 ${SECRET} end`,
  'x-base64': Buffer.from(`me:${SECRET}`).toString('base64'),
  'x-url-encoded': `a=${encodeURIComponent(SECRET)}`,
  'x-short': SHORT,
};
const HARMLESS = { accept: 'text/plain', 'accept-language': 'en', 'user-agent': 'me/1' };

async function run(spec: object, secrets = [SECRET, SHORT]) {
  const executor = new Harness();
  executor.run({ kind: 'http', ...spec }, { secrets });
  await executor.finish();
  return executor;
}

const KINDS = ['same origin', 'other port', 'other host', 'https to http', 'http to https'] as const;
type Kind = (typeof KINDS)[number];

const endsOf = (kind: Kind): [from: string, to: string] =>
  ({
    'same origin': [plain, plain],
    'other port': [plain, other],
    'other host': [plain, named],
    'https to http': [secure, plain],
    'http to https': [plain, secure],
  })[kind] as [string, string];

// Catches a key that goes to whoever an API redirects to: fetch passes on every header but four.
describe.each([301, 302, 303, 307, 308])('a redirect by %i', (status) => {
  it.each(KINDS)('to %s passes on what that place may get', async (kind) => {
    const [from, to] = endsOf(kind);
    redirect = { status, location: `${to}/to`, further: '' };
    const spec = { method: 'POST', url: `${from}/from`, headers: { ...CREDENTIALS, ...HARMLESS } };
    await using executor = await run({ ...spec, body: { text: 'no secret' } });
    expect(executor.result, executor.text()).toMatchObject({ ok: true, output: { status: 200, url: `${to}/to` } });
    const [first, last] = arrived;
    expect(first?.headers).toMatchObject({ ...CREDENTIALS, ...HARMLESS });
    const keeps = status === 307 || status === 308;
    expect(last).toMatchObject({
      origin: to,
      path: '/to',
      method: keeps ? 'POST' : 'GET',
      body: keeps ? 'no secret' : '',
      headers: HARMLESS,
    });
    expect(last?.headers['content-type']).toBe(keeps ? 'text/plain; charset=utf-8' : undefined);
    const names = Object.keys(CREDENTIALS).filter((name) => last?.headers[name] !== undefined);
    expect(names).toEqual(kind === 'same origin' ? Object.keys(CREDENTIALS) : []);
  });

  it('never gives a body with a secret to another origin', async () => {
    redirect = { status, location: `${other}/to`, further: '' };
    const body = { json: { nested: { token: SECRET } } };
    await using executor = await run({ method: 'PUT', url: `${plain}/from`, body });
    // PUT stays PUT but for 303, so the body would go with it.
    if (status === 303) {
      expect(executor.result, executor.text()).toMatchObject({ ok: true });
      expect(arrived.at(-1)).toMatchObject({ path: '/to', method: 'GET', body: '' });
      return;
    }
    expect(executor.result).toMatchObject({ ok: false, retryable: false, error: { reason: 'redirect_secret' } });
    expect(arrived.map(({ path }) => path)).toEqual(['/from']);
  });
});

// The Fetch Standard's table; would catch a method that stays, or a body that is lost.
test.each([
  [301, 'POST', 'GET'],
  [302, 'POST', 'GET'],
  [303, 'POST', 'GET'],
  [307, 'POST', 'POST'],
  [308, 'POST', 'POST'],
  [301, 'PUT', 'PUT'],
  [302, 'DELETE', 'DELETE'],
  [303, 'PUT', 'GET'],
  [303, 'HEAD', 'HEAD'],
  [307, 'PATCH', 'PATCH'],
  [301, 'HEAD', 'HEAD'],
  [300, 'GET', null],
  [304, 'GET', null],
])('%i after %s is followed with %s', (status, method, next) => {
  const own = { accept: 'a', 'content-type': 'text/plain', 'content-digest': 'd', 'x-own': 'o' };
  const body = method === 'HEAD' || method === 'GET' ? null : 'body';
  const request = { method, url: new URL('http://a.test/from#part'), headers: new Headers(own), body };
  const none = { header: () => false, body: () => false };
  const follow = (location: string) =>
    redirected(request, new Response(null, { status, headers: { location } }), none)?.request ?? null;
  const [near, far] = [follow('/to'), follow('http://b.test/to')];
  if (next === null) return void expect([near, far]).toEqual([null, null]);
  const keeps = next === method;
  expect(near).toMatchObject({ method: next, body: keeps ? body : null });
  expect(near?.url.href).toBe('http://a.test/to#part');
  expect(Object.fromEntries(near?.headers ?? [])).toEqual(keeps ? own : { accept: 'a', 'x-own': 'o' });
  expect(far).toMatchObject({ method: next, body: keeps ? body : null });
  expect(Object.fromEntries(far?.headers ?? [])).toEqual(
    keeps ? { accept: 'a', 'content-type': 'text/plain' } : { accept: 'a' },
  );
});

describe('a chain of redirects', () => {
  it('gives nothing back on the way home', async () => {
    redirect = { status: 307, location: `${other}/to`, further: `${plain}/home` };
    await using executor = await run({ url: `${plain}/from`, headers: CREDENTIALS });
    expect(executor.result).toMatchObject({ ok: true });
    expect(arrived.map(({ path, headers }) => [path, headers.authorization, headers['x-plain-name']])).toEqual([
      ['/from', CREDENTIALS.authorization, SECRET],
      ['/to', undefined, undefined],
      ['/home', undefined, undefined],
    ]);
  });

  it('ends after twenty', async () => {
    redirect = { status: 302, location: `${plain}/from`, further: '' };
    await using executor = await run({ url: `${plain}/from` });
    expect(executor.result).toMatchObject({ ok: false, retryable: false, error: { reason: 'redirects' } });
    expect(arrived).toHaveLength(21);
  });

  it.each([
    ['file:///etc/passwd', 'redirect_scheme'],
    ['data:text/plain,x', 'redirect_scheme'],
    ['javascript:0', 'redirect_scheme'],
    ['blob:http://127.0.0.1/x', 'redirect_scheme'],
    ['http://[', 'redirect_scheme'],
    ['http://me:pass@127.0.0.1/', 'redirect_credentials'],
    ['https://me@127.0.0.1/', 'redirect_credentials'],
  ])('refuses %s', async (location, reason) => {
    redirect = { status: 302, location, further: '' };
    await using executor = await run({ url: `${plain}/from` });
    expect(executor.result).toMatchObject({ ok: false, retryable: false, error: { reason } });
    expect(arrived).toHaveLength(1);
  });

  it('says which headers stay behind, without their values', async () => {
    redirect = { status: 302, location: `${other}/to?key=${encodeURIComponent(SECRET)}`, further: '' };
    await using executor = await run({ url: `${plain}/from`, headers: { 'x-plain-name': SECRET } });
    expect(executor.logs.map(({ message }) => message)).toContainEqual(expect.stringMatching(/without x-plain-name/));
    expect(executor.text()).not.toContain(SECRET);
    expect(executor.text()).not.toContain(encodeURIComponent(SECRET));
  });
});

// Would catch: a short or blank-padded secret that no search by value finds in what was sent.
it('what was filled in from a secret stays at its origin, however its value was changed on the way', async () => {
  redirect = { status: 307, location: `${other}/to`, further: '' };
  const run = async (spec: object, secret: string, secret_parts: string[]) => {
    arrived.length = 0;
    const executor = new Harness();
    executor.run({ kind: 'http', method: 'POST', url: `${plain}/from`, ...spec }, { secrets: [secret], secret_parts });
    await executor.finish();
    await executor[Symbol.asyncDispose]();
    return arrived.find(({ path }) => path === '/to');
  };
  const sent = await run({ headers: { 'User-Agent': ' q7 ', Accept: 'v' } }, ' q7 ', ['headers.User-Agent']);
  expect(sent?.headers).toMatchObject({ accept: 'v' });
  expect(sent?.headers['user-agent']).not.toMatch(/q7/);
  expect(await run({ body: { json: { p: 'q"' } } }, 'q"', ['body.json'])).toBeUndefined();
});

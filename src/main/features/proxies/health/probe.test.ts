/** Checks of real proxies on loopback, of every scheme and in every state. */
import { expect, test } from 'vitest';
import {
  type Behaviour,
  deadPort,
  echoServer,
  httpProxy,
  oddServer,
  socks4Proxy,
  socks5Proxy,
} from '../../../../../tests/support/proxies/servers.ts';
import type { ProxyScheme } from '../../../../contract/automation/proxies.ts';
import { systemClock } from '../../../core/clock.ts';
import type { Upstream } from '../forward/upstream.ts';
import { readExit } from './echo.ts';
import { check } from './probe.ts';

const at = (port: number, over: Partial<Upstream> = {}): Upstream => ({
  ...{ scheme: 'http', host: '127.0.0.1', port, username: null, password: null },
  ...over,
});
const ask = (upstream: Upstream, echo: string | null = null, timeoutMs = 5000) =>
  check(upstream, { echo: echo === null ? null : new URL(echo), timeoutMs, clock: systemClock });

const SERVERS: Record<'http' | 'socks4' | 'socks5', (behaviour?: Behaviour) => ReturnType<typeof httpProxy>> = {
  http: httpProxy,
  socks4: socks4Proxy,
  socks5: socks5Proxy,
};

// Would catch: a scheme that the forwarder does not speak, or an exit address that is not that of the proxy.
test.each(['http', 'socks4', 'socks5'] as const)('%s: latency and exit address through the proxy', async (scheme) => {
  await using proxy = await SERVERS[scheme]({ from: '127.0.0.9' });
  await using echo = await echoServer();
  const found = await ask(at(proxy.port, { scheme }), echo.url);
  expect(found).toMatchObject({ ok: true, exit_ip: '127.0.0.9', error: null, message: null });
  expect(found.latency_ms).toBeGreaterThanOrEqual(0);
  expect(echo.hits).toEqual(['127.0.0.9']);
});

// Would catch: credentials that are mangled on the way, or SOCKS5 without method 2 (RFC 1929).
test.each([
  'http',
  'socks5',
] as const)('%s: credentials with every awkward character arrive as they are', async (scheme) => {
  await using proxy = await SERVERS[scheme]({ credentials: 'us/er@x:p@:/#?% ä' });
  await using echo = await echoServer();
  const found = await ask(at(proxy.port, { scheme, username: 'us/er@x', password: 'p@:/#?% ä' }), echo.url);
  expect(found).toMatchObject({ ok: true, exit_ip: '127.0.0.1' });
  expect(proxy.hits[0]?.credentials).toBe('us/er@x:p@:/#?% ä');
  if (scheme === 'socks5') expect(proxy.hits[0]?.method).toBe(2);
});

// Would catch: names that are resolved on this computer, which tells its resolver where the browser goes.
test.each([
  'http',
  'socks4',
  'socks5',
] as const)('%s: the proxy gets the name of the target and not its address', async (scheme) => {
  await using echo = await echoServer();
  const { port } = new URL(echo.url);
  await using proxy = await SERVERS[scheme]({ leadsTo: () => ({ host: '127.0.0.1', port: Number(port) }) });
  expect(await ask(at(proxy.port, { scheme }), `http://echo.invalid:${port}/`)).toMatchObject({ ok: true });
  expect(proxy.hits.map(({ target }) => target)).toEqual([`echo.invalid:${port}`]);
});

// Would catch: a check that asks somebody although no echo address is set, or one that takes a proxy for dead that reaches nothing.
test.each([
  'http',
  'socks4',
  'socks5',
] as const)('%s: without an echo address only the proxy itself is asked', async (scheme) => {
  await using proxy = await SERVERS[scheme]();
  const found = await ask(at(proxy.port, { scheme }));
  expect(found).toMatchObject({ ok: true, exit_ip: null, country: null, message: expect.stringMatching(/no echo/i) });
  expect(proxy.hits.map(({ target }) => target)).toEqual(['check.invalid:443']);
});

// Would catch: IPv6 proxies that cannot be reached, and brackets that end up in a host name.
test.each(['http', 'socks5'] as const)('%s: over IPv6', async (scheme) => {
  await using proxy = await SERVERS[scheme]({ host: '::1', credentials: 'a:b' });
  await using echo = await echoServer();
  const found = await ask(at(proxy.port, { scheme, host: '::1', username: 'a', password: 'b' }), echo.url);
  expect(found).toMatchObject({ ok: true, exit_ip: '127.0.0.1' });
});

const FAULTS: [
  string,
  ProxyScheme,
  () => Promise<{ port: number } & Partial<AsyncDisposable>>,
  Partial<Upstream>,
  string,
][] = [
  ...(['http', 'https', 'socks4', 'socks5'] as const).map(
    (scheme) =>
      [`${scheme}, nothing listens`, scheme, async () => ({ port: await deadPort() }), {}, 'refused'] as never,
  ),
  ...(['http', 'socks4', 'socks5'] as const).map(
    (scheme) =>
      [`${scheme}, a name that does not exist`, scheme, () => httpProxy(), { host: 'no.such.invalid' }, 'dns'] as never,
  ),
  ['http, no credentials', 'http', () => httpProxy({ credentials: 'a:b' }), {}, 'auth'],
  [
    'http, wrong credentials',
    'http',
    () => httpProxy({ credentials: 'a:b' }),
    { username: 'a', password: 'x' },
    'auth',
  ],
  ['socks5, no credentials', 'socks5', () => socks5Proxy({ credentials: 'a:b' }), {}, 'auth'],
  [
    'socks5, wrong credentials',
    'socks5',
    () => socks5Proxy({ credentials: 'a:b' }),
    { username: 'a', password: 'x' },
    'auth',
  ],
  ['socks4, wrong user', 'socks4', () => socks4Proxy({ credentials: 'a' }), { username: 'x' }, 'auth'],
  ['http, hangs up', 'http', () => oddServer((socket) => socket.destroy()), {}, 'reset'],
  ['socks5, hangs up', 'socks5', () => oddServer((socket) => socket.destroy()), {}, 'reset'],
  ['http, says nothing', 'http', () => oddServer(() => undefined), {}, 'timeout'],
  ['socks5, says nothing', 'socks5', () => oddServer(() => undefined), {}, 'timeout'],
  ['https, own certificate', 'https', () => httpProxy({}, { tls: true }), {}, 'certificate'],
  ['https, no TLS', 'https', () => httpProxy(), {}, 'protocol'],
  ['http, something else', 'http', () => oddServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')), {}, 'protocol'],
  [
    'socks5, an HTTP server',
    'socks5',
    () => oddServer((socket) => socket.end('HTTP/1.1 400 Bad\r\n\r\n')),
    {},
    'protocol',
  ],
];

// Would catch: an operator who is told that a proxy is dead when only its password is wrong, or anything else that is mixed up.
test.each(FAULTS)('told apart: %s', async (_what, scheme, open, over, fault) => {
  const server = await open();
  try {
    expect(await ask(at(server.port, { scheme, ...over }), null, 700)).toMatchObject({
      ok: false,
      error: fault,
      latency_ms: null,
    });
  } finally {
    await server[Symbol.asyncDispose]?.();
  }
});

// Would catch: a proxy that answers for the target and is taken for a good one.
test('a proxy that lies about the target has no exit address', async () => {
  await using liar = await oddServer((socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'));
  });
  expect(await ask(at(liar.port), 'http://echo.invalid/')).toMatchObject({ ok: false, exit_ip: null });
});

// Would catch: a check that outlives its caller.
test('a check ends with its caller', async () => {
  await using silent = await oddServer(() => undefined);
  const caller = new AbortController();
  const asked = check(at(silent.port), { echo: null, timeoutMs: 60_000, signal: caller.signal, clock: systemClock });
  caller.abort(new Error('gone'));
  await expect(asked).rejects.toThrow('gone');
});

// Would catch: a country or a zone that the echo address did not tell, or text of a stranger that is shown as an address.
test.each([
  [
    '{"ip":"203.0.113.7","country":"DE","timezone":"Europe/Berlin"}',
    { ip: '203.0.113.7', country: 'DE', timezone: 'Europe/Berlin' },
  ],
  [
    '{"query":"2001:db8::1","countryCode":"US","country":"United States"}',
    { ip: '2001:db8::1', country: 'US', timezone: null },
  ],
  [' 203.0.113.7\n', { ip: '203.0.113.7', country: null, timezone: null }],
  ['{"ip":"203.0.113.7","country":"Germany","timezone":"<b>"}', { ip: '203.0.113.7', country: null, timezone: null }],
  ['{"ip":"<script>"}', null],
  ['<html>203.0.113.7</html>', null],
  [`{"ip":${'['.repeat(50)}`, null],
])('what an echo address answers: %s', (body, exit) => {
  expect(readExit(body)).toEqual(exit);
});

/** Real browsers of profiles with a proxy: what they send arrives at the proxy, or nowhere. */
import { execFileSync } from 'node:child_process';
import dgram from 'node:dgram';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type Behaviour,
  deadPort,
  httpProxy,
  socks4Proxy,
  socks5Proxy,
  type TestProxy,
} from '../../../../../tests/support/proxies/servers.ts';
import { EXECUTOR, openTaskHost, type TaskHost, thrownBy } from '../../../../../tests/support/tasks.ts';
import { ProfileCreate } from '../../../../contract/automation/profiles.ts';
import { ProxyCreate } from '../../../../contract/automation/proxies.ts';
import { TaskCreate } from '../../../../contract/automation/tasks.ts';
import type { ProfileId, ProxyId } from '../../../../contract/kernel/scalars.ts';

let host: TaskHost;
beforeEach(() => {
  host = openTaskHost({ executor: EXECUTOR });
});
afterEach(() => host.dispose());

/** A page that tries every way out it knows, and then tells so. */
const page = (stun: number) => `<!doctype html><title>x</title><script>
const done = (what) => fetch('/done?' + what, { method: 'POST' });
(async () => {
  const rtc = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:${stun}' }] });
  const found = [];
  const ended = new Promise((resolve) => { rtc.onicecandidate = ({ candidate }) => candidate ? found.push(candidate.candidate) : resolve(); });
  rtc.createDataChannel('x');
  await rtc.setLocalDescription(await rtc.createOffer());
  await fetch('http://name.canary.invalid/plain').catch(() => 0);
  await fetch('https://name.canary.invalid/tls').catch(() => 0);
  await new Promise((resolve) => { const ws = new WebSocket('ws://socket.canary.invalid/'); ws.onerror = ws.onclose = resolve; });
  await ended;
  await done(encodeURIComponent(JSON.stringify(found)));
})();
</script>`;

/** A site that knows from which port it is asked, and a STUN server that hears what goes around the proxy. */
async function openSite() {
  const { promise: told, resolve } = Promise.withResolvers<string[]>();
  let datagrams = 0;
  const stun = dgram.createSocket('udp4').on('message', () => {
    datagrams += 1;
  });
  await new Promise<void>((bound) => stun.bind(0, '127.0.0.1', bound));
  const from = new Set<string>();
  const server = http.createServer((request, response) => {
    from.add(request.socket.remoteAddress ?? '');
    const url = request.url ?? '';
    if (url.startsWith('/done?')) resolve(JSON.parse(decodeURIComponent(url.slice(6))) as string[]);
    response.setHeader('content-type', 'text/html');
    response.end(url === '/' ? page(stun.address().port) : 'ok');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    told,
    from,
    datagrams: () => datagrams,
    async [Symbol.asyncDispose]() {
      stun.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Where the browser connects from without the proxy is 127.0.0.1; the proxy connects from another address. */
const EXIT = '127.0.0.9';
const SERVERS: Record<'http' | 'socks4' | 'socks5', (behaviour?: Behaviour) => Promise<TestProxy>> = {
  http: httpProxy,
  socks4: socks4Proxy,
  socks5: socks5Proxy,
};

async function profileWith(
  port: number,
  over: Record<string, unknown> = {},
): Promise<{ id: ProfileId; proxyId: ProxyId }> {
  const made = await host.proxyService.create(ProxyCreate.parse({ host: '127.0.0.1', port, ...over }));
  const { id } = host.profileService.create(ProfileCreate.parse({ name: 'Anna', proxy_id: made.id }));
  return { id, proxyId: made.id };
}

async function browserTask(through: { profile_id: ProfileId } | { proxy_id: ProxyId }, script: string) {
  await host.tasks.start();
  const spec = { kind: 'browser', script, language: 'javascript', headless: true, trace: 'off', screenshot: 'off' };
  const asked = TaskCreate.parse({ spec, ...through });
  const made = await host.tasks.service.create(asked, new AbortController().signal);
  if (!('id' in made)) throw new Error('a batch');
  return made;
}

// Would catch: each switch of the launch that is lost: the proxy itself, loopback, WebRTC, names; and an upstream that tells names to this computer.
test.each([
  ['http', { credentials: 'user:word' }],
  ['socks5', { credentials: 'user:word' }],
  ['socks4', {}],
] as const)(
  '%s: pages, WebSockets, names and WebRTC go to the proxy or nowhere',
  async (scheme, behaviour) => {
    await using site = await openSite();
    await using proxy = await SERVERS[scheme]({
      ...behaviour,
      ...(scheme === 'http' ? {} : { from: EXIT }),
      leadsTo: () => ({ host: '127.0.0.1', port: site.port }),
    });
    const { id } = await profileWith(proxy.port, {
      scheme,
      ...('credentials' in behaviour ? { username: 'user', password: 'word' } : {}),
    });
    await host.profileService.start(id, { headless: true, urls: ['http://site.canary.invalid/'] });
    const candidates = await site.told;
    await host.profileService.stop(id, false);
    const asked = proxy.hits.map(({ target }) => target);
    expect(asked).toEqual(expect.arrayContaining([expect.stringContaining('site.canary.invalid')]));
    expect(asked).toEqual(expect.arrayContaining(['name.canary.invalid:443']));
    expect(asked.some((target) => target.startsWith('socket.canary.invalid'))).toBe(true);
    expect(site.datagrams()).toBe(0);
    expect(candidates.filter((candidate) => candidate.includes(' udp '))).toEqual([]);
    if (scheme !== 'http') expect([...site.from]).toEqual([EXIT]);
  },
  60_000,
);

// Would catch: a page on this computer that is asked directly, which is what Chromium does without a rule.
test('addresses of this computer go to the proxy too, by hand and by a task', async () => {
  await using site = await openSite();
  await using proxy = await socks5Proxy({ from: EXIT });
  const { id } = await profileWith(proxy.port, { scheme: 'socks5' });
  const url = `http://127.0.0.1:${site.port}/`;
  await host.profileService.start(id, { headless: true, urls: [url] });
  await site.told;
  await host.profileService.stop(id, false);
  const made = await browserTask(
    { profile_id: id },
    `export default async ({ page }) => (await page.goto('${url}')).status();`,
  );
  expect(made.proxy_id).not.toBeNull();
  expect(await host.ends(made.id, 40)).toMatchObject({ status: 'succeeded', output: 200 });
  expect([...site.from]).toEqual([EXIT]);
}, 90_000);

// Would catch: a task without a profile that goes out directly although a proxy was chosen for it.
test('a task without a profile goes out by the proxy that it was given, or not at all', async () => {
  await using site = await openSite();
  const visit = `export default async ({ page }) => (await page.goto('http://127.0.0.1:${site.port}/')).status();`;
  const proxy = await socks5Proxy({ from: EXIT });
  const { id } = await host.proxyService.create(
    ProxyCreate.parse({ scheme: 'socks5', host: '127.0.0.1', port: proxy.port }),
  );
  const first = await browserTask({ proxy_id: id }, visit);
  expect(await host.ends(first.id, 40)).toMatchObject({ status: 'succeeded', output: 200 });
  await proxy[Symbol.asyncDispose]();
  const second = await browserTask({ proxy_id: id }, visit);
  expect((await host.ends(second.id, 40)).error).toMatchObject({ code: 'proxy_failed' });
  expect([...site.from]).toEqual([EXIT]);
}, 90_000);

// Would catch: a password in the process list, in the folder of the profile, in the database or in the log.
test('the password is nowhere but in this process', async () => {
  await using site = await openSite();
  const word = 'only-in-memory-4711';
  await using proxy = await socks5Proxy({ credentials: `user:${word}` });
  const { id } = await profileWith(proxy.port, { scheme: 'socks5', username: 'user', password: word });
  await host.profileService.start(id, { headless: true, urls: [`http://127.0.0.1:${site.port}/`] });
  await site.told;
  const processes = execFileSync('ps', ['-eo', 'args', '-ww']).toString();
  expect(processes).toContain(host.profileService.folder(id));
  expect(processes).not.toContain(word);
  await host.profileService.stop(id, false);
  for (const entry of fs.readdirSync(host.dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    expect([entry.name, fs.readFileSync(path.join(entry.parentPath, entry.name)).includes(word)]).toEqual([
      entry.name,
      false,
    ]);
  }
  expect(host.log.lines.join('\n')).not.toContain(word);
}, 60_000);

// Would catch: a start that goes out directly because its proxy is dead, or that says only that something failed.
test.each([
  ['nothing listens', async () => ({ port: await deadPort() }), {}, 'refused'],
  ['it refuses the password', () => socks5Proxy({ credentials: 'a:b' }), { username: 'a', password: 'x' }, 'auth'],
] as const)(
  'no start when %s',
  async (_what, open, over, reason) => {
    await using site = await openSite();
    const server: { port: number } & Partial<AsyncDisposable> = await open();
    const { id } = await profileWith(server.port, { scheme: 'socks5', ...over });
    const url = `http://127.0.0.1:${site.port}/`;
    const refused = await thrownBy(() => host.profileService.start(id, { headless: true, urls: [url] }));
    expect([refused.slug, refused.status, refused.extra.reason]).toEqual(['proxy-failed', 503, reason]);
    const made = await browserTask(
      { profile_id: id },
      `export default async ({ page }) => (await page.goto('${url}')).status();`,
    );
    if (!('id' in made)) throw new Error('a batch');
    expect((await host.ends(made.id, 40)).error).toMatchObject({ code: 'proxy_failed', reason });
    expect(site.from.size).toBe(0);
    expect(host.profileService.get(id)).toMatchObject({ state: 'stopped', holder: null });
    await server[Symbol.asyncDispose]?.();
  },
  60_000,
);

// Would catch: a browser that goes out directly when its proxy dies under it.
test('a proxy that dies while the browser runs leaves it without a way out', async () => {
  await using site = await openSite();
  const proxy = await socks5Proxy({ from: EXIT });
  const { id } = await profileWith(proxy.port, { scheme: 'socks5' });
  const url = `http://127.0.0.1:${site.port}`;
  const plan = await host.profileService.plan(
    id,
    { kind: 'manual', id: 'manual' },
    { headless: true, tempDir: host.dir },
  );
  const chromium = (await import('playwright')).chromium;
  const browser = await chromium.launchPersistentContext(plan.userDataDir, {
    ...{ executablePath: plan.executable, args: plan.args, env: plan.env },
  });
  const tab = browser.pages()[0] ?? (await browser.newPage());
  expect((await tab.goto(`${url}/one`))?.status()).toBe(200);
  await proxy[Symbol.asyncDispose]();
  const withoutProxy = await tab.goto(`${url}/two`).then(
    (answer) => answer?.status(),
    (error: Error) => error.message,
  );
  expect(withoutProxy === 599 || /ERR_/.test(String(withoutProxy))).toBe(true);
  await host.proxyService.forwarders.closeAll();
  await expect(tab.goto(`${url}/three`)).rejects.toThrow(/ERR_PROXY_CONNECTION_FAILED/);
  expect([...site.from]).toEqual([EXIT]);
  await browser.close();
  await plan.release();
}, 60_000);

// Would catch: a task that runs through another exit than the one it was made with.
test('a task keeps to the proxy as it was, or does not run', async () => {
  await using proxy = await socks5Proxy();
  const { id, proxyId } = await profileWith(proxy.port, { scheme: 'socks5' });
  const kept = host.profileService.snapshot(id);
  await host.proxyService.update(proxyId, { port: await deadPort() }, {});
  const holder = { kind: 'task', id: 'tsk_x' } as const;
  const refused = await thrownBy(() =>
    host.profileService.plan(id, holder, { headless: true, tempDir: host.dir, settings: kept }),
  );
  expect([refused.slug, refused.extra.reason]).toEqual(['proxy-failed', 'changed']);
});

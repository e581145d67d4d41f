/** What is counted of real browsers behind real proxies, and what a spent budget does. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { httpProxy, socks5Proxy } from '../../../../../tests/support/proxies/servers.ts';
import { EXECUTOR, openTaskHost, type TaskHost, thrownBy } from '../../../../../tests/support/tasks.ts';
import { ProfileCreate } from '../../../../contract/automation/profiles.ts';
import { ProxyCreate } from '../../../../contract/automation/proxies.ts';
import { TaskCreate } from '../../../../contract/automation/tasks.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import { openTunnel } from '../health/tunnel.ts';

const MB = 1_048_576;
let host: TaskHost;
beforeEach(() => {
  host = openTaskHost({ executor: EXECUTOR });
});
afterEach(() => host.dispose());

/** A site that answers `/<n>` with n bytes. */
async function openSite() {
  const server = http.createServer((request, response) => {
    request.resume();
    request.on('end', () =>
      response.end(Buffer.alloc(Number(new URL(request.url ?? '/', 'http://x').pathname.slice(1)) || 0, 'x')),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function profileWith(port: number, budget: Record<string, number> | null = null, scheme = 'socks5') {
  const proxy = await host.proxyService.create(ProxyCreate.parse({ host: '127.0.0.1', port, scheme }));
  const made = ProfileCreate.parse({ name: 'Anna', proxy_id: proxy.id, traffic_budget: budget });
  return { id: host.profileService.create(made).id, proxyId: proxy.id };
}

const sum = ({ up_bytes, down_bytes }: { up_bytes: number; down_bytes: number }) => up_bytes + down_bytes;

/** Asks a site through a forwarder, by a tunnel. */
async function fetchThrough(forwarder: string, target: string, ask: string): Promise<number> {
  const socket = await openTunnel(Number(new URL(forwarder).port), target, AbortSignal.timeout(10_000));
  let got = 0;
  socket.on('data', (chunk: Buffer) => {
    got += chunk.length;
  });
  socket.write(ask);
  await new Promise((resolve) => socket.once('close', resolve));
  return got;
}
const GET = (bytes: number) => `GET /${bytes} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
const POST = (bytes: number) =>
  `POST /0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${bytes}\r\n\r\n${'y'.repeat(bytes)}`;

// Would catch: bytes of one direction that are lost or counted twice, a host that gets those of another, connections that are still open.
test.each([
  'http',
  'socks5',
] as const)('%s: bytes are within two percent of what the proxy counted, by host', async (scheme) => {
  await using site = await openSite();
  const leadsTo = () => ({ host: '127.0.0.1', port: site.port });
  await using proxy = await (scheme === 'http' ? httpProxy : socks5Proxy)({ leadsTo });
  const { id, proxyId } = await profileWith(proxy.port, null, scheme);
  const of = { profileId: id, taskId: null, attempt: null, budget: null };
  const lease = await host.proxyService.forwarders.open(proxyId, { of });
  const before = proxy.bytes();
  await Promise.all([
    fetchThrough(lease.url, 'one.invalid:443', GET(3_000_000)),
    fetchThrough(lease.url, 'one.invalid:443', POST(1_000_000)),
    fetchThrough(lease.url, 'two.invalid:443', GET(500_000)),
  ]);
  await lease.release();
  const { today, hosts, metered, runs } = host.profileService.traffic(id);
  const truth = proxy.bytes() - before;
  expect(truth).toBeGreaterThan(4_500_000);
  expect(Math.abs(sum(today) - truth) / truth).toBeLessThan(0.02);
  expect(hosts.map((one) => one.host)).toEqual(['one.invalid', 'two.invalid']);
  expect(today.up_bytes).toBeGreaterThan(1_000_000);
  expect(today.up_bytes).toBeLessThan(1_030_000);
  expect(metered).toBe(true);
  expect(runs).toMatchObject([{ proxy_id: proxyId, profile_id: id, ended_at: expect.any(String), spent: null }]);
  expect(host.proxyService.get(proxyId).month_bytes).toBe(sum(today));
});

// Would catch: a connection that plain HTTP keeps open for many hosts, all counted for the first of them.
test('requests without TLS on one connection count for the host that each goes to', async () => {
  await using site = await openSite();
  await using proxy = await httpProxy({ leadsTo: () => ({ host: '127.0.0.1', port: site.port }) });
  const { id, proxyId } = await profileWith(proxy.port, null, 'http');
  const of = { profileId: id, taskId: null, attempt: null, budget: null };
  const lease = await host.proxyService.forwarders.open(proxyId, { of });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (const name of ['one.invalid', 'two.invalid']) {
    await new Promise<void>((resolve, reject) => {
      const { port } = new URL(lease.url);
      const asked = http.get({
        host: '127.0.0.1',
        port,
        path: `http://${name}/200000`,
        headers: { host: name },
        agent,
      });
      asked.on('response', (response) => response.resume().on('end', resolve)).on('error', reject);
    });
  }
  agent.destroy();
  await lease.release();
  const { hosts } = host.profileService.traffic(id);
  expect(hosts.map((one) => one.host).sort()).toEqual(['one.invalid', 'two.invalid']);
  for (const one of hosts) expect(Math.abs(one.down_bytes - 200_000)).toBeLessThan(4_000);
});

// Would catch: a page that makes the memory and the answer grow by names that it makes up.
test('more hosts than are shown are summed', async () => {
  await using site = await openSite();
  await using proxy = await socks5Proxy({ leadsTo: () => ({ host: '127.0.0.1', port: site.port }) });
  const { id, proxyId } = await profileWith(proxy.port);
  const of = { profileId: id, taskId: null, attempt: null, budget: null };
  const lease = await host.proxyService.forwarders.open(proxyId, { of });
  for (let n = 0; n < 25; n += 1) await fetchThrough(lease.url, `n${n}.invalid:443`, GET(1000 * (n + 1)));
  await lease.release();
  const { hosts, others, today } = host.profileService.traffic(id);
  expect(hosts).toHaveLength(20);
  expect(hosts[0]?.host).toBe('n24.invalid');
  expect(sum(others)).toBeGreaterThan(15_000);
  expect(hosts.reduce((all, one) => all + sum(one), sum(others))).toBe(sum(today));
});

const pageOf = (bytes: number) =>
  `export default async ({ page }) => {
     await page.goto('http://site.invalid/10');
     for (let n = 0; n < 3000; n += 1) await page.evaluate((n) => fetch('/${bytes}?' + n).then((r) => r.arrayBuffer()).then(() => 1), n);
     return 'all of it';
   }`;

async function browserTask(profile_id: ProfileId, script: string) {
  await host.tasks.start();
  const spec = { kind: 'browser', script, language: 'javascript', headless: true, trace: 'off', screenshot: 'off' };
  const asked = TaskCreate.parse({ spec, profile_id, max_attempts: 3 });
  const made = await host.tasks.service.create(asked, new AbortController().signal);
  if (!('id' in made)) throw new Error('a batch');
  return host.until(() => {
    const task = host.tasks.service.get(made.id);
    return ['failed', 'succeeded', 'dead', 'cancelled'].includes(task.status) && task;
  }, 60);
}

// Would catch: a task that goes on past its budget, one that is tried again, and one that is called cancelled.
test('a task whose profile has used its budget fails for good and says why', async () => {
  await using site = await openSite();
  await using proxy = await socks5Proxy({ leadsTo: () => ({ host: '127.0.0.1', port: site.port }) });
  const { id } = await profileWith(proxy.port, { run_bytes: 3 * MB });
  const task = await browserTask(id, pageOf(1_000_000));
  expect(task).toMatchObject({
    status: 'failed',
    attempt: 1,
    error: { code: 'traffic_spent', limit: 'run', detail: expect.stringContaining('its budget is 3.0 MB') },
  });
  expect(proxy.bytes()).toBeLessThan(1_000_000_000);
  const { items } = host.tasks.service.traffic(task.id);
  expect(items).toMatchObject([{ task_id: task.id, attempt: 1, spent: expect.stringContaining('3.0 MB') }]);
  // The budget of a run says nothing of the next one.
  expect(host.profileService.traffic(id).spent).toBeNull();
}, 90_000);

// Would catch: an open browser that goes on, one that is killed instead of closed, and a profile that can be opened again the same day.
test('an open browser is closed in order, and does not start again before there is something left', async () => {
  await using site = await openSite();
  await using proxy = await socks5Proxy({ leadsTo: () => ({ host: '127.0.0.1', port: site.port }) });
  const { id } = await profileWith(proxy.port, { day_bytes: MB });
  await host.profileService.start(id, { headless: true, urls: ['http://site.invalid/5000000'] });
  await host.until(() => host.profileService.get(id).state === 'stopped', 30);
  const told = host.events.list(0, 1000).find(({ type }) => type === 'profile.traffic_spent');
  expect(told?.data).toMatchObject({ message: expect.stringContaining('its budget is 1.0 MB') });
  const error = await thrownBy(() => host.profileService.start(id, { headless: true }));
  expect(error).toMatchObject({ slug: 'traffic-spent', extra: { limit: 'day' } });
  expect(host.profileService.get(id).state).toBe('stopped');
  host.profileService.update(
    id,
    { traffic_budget: { run_bytes: null, day_bytes: 900_000_000, month_bytes: null } },
    {},
  );
  await host.profileService.start(id, { headless: true });
  await host.profileService.stop(id, false);
}, 60_000);

// Would catch: a figure that claims that a profile without a proxy has sent nothing.
test('a profile that goes out directly says that it is not counted', () => {
  const { id } = host.profileService.create(ProfileCreate.parse({ name: 'Direct' }));
  expect(host.profileService.traffic(id)).toMatchObject({ metered: false, today: { up_bytes: 0 }, runs: [] });
});

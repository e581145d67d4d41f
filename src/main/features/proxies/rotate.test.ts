/** Refresh addresses of providers. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { openTestCore } from '../../../../tests/support/core.ts';
import { proxiesOn } from '../../../../tests/support/proxies/on-core.ts';
import { echoServer, httpProxy } from '../../../../tests/support/proxies/servers.ts';
import { thrownBy } from '../../../../tests/support/tasks.ts';
import { ProxyCreate } from '../../../contract/automation/proxies.ts';

const never = new AbortController().signal;

/** A provider: its refresh address does `then` and answers with `status`. */
async function provider(then: () => void, status = 200) {
  const server = http.createServer((_request, response) => {
    then();
    response.writeHead(status).end('changed');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/refresh?key=very-secret`,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

// Would catch: a rotation that does not tell the new address, and one that calls the provider again and again until it blocks the account.
test('the exit address changes, and again only after the cooldown', async () => {
  let exit = '203.0.113.1';
  let calls = 0;
  using refresh = await provider(() => {
    calls += 1;
    exit = '203.0.113.2';
  });
  await using echo = await echoServer(() => exit);
  await using proxy = await httpProxy();
  using core = openTestCore({ 'proxies.echo_url': echo.url, 'proxies.rotate_seconds': 60 });
  const { service } = proxiesOn(core);
  const { id } = await service.create(
    ProxyCreate.parse({ host: '127.0.0.1', port: proxy.port, refresh_url: refresh.url }),
  );
  expect((await service.check(id, 5000)).exit_ip).toBe('203.0.113.1');
  expect((await service.rotate(id, never)).exit_ip).toBe('203.0.113.2');
  const soon = await thrownBy(() => service.rotate(id, never));
  expect([soon.slug, soon.extra.retry_after, calls]).toEqual(['too-many-requests', 60, 1]);
  core.clock.advance(60_000);
  await service.rotate(id, never);
  expect(calls).toBe(2);
});

// Would catch: a refusal of the provider that counts as a change, and a key of the provider in an error or in the log.
test('a provider that refuses is told, without its key', async () => {
  using refresh = await provider(() => undefined, 403);
  using core = openTestCore();
  const { service } = proxiesOn(core);
  const made = await service.create(ProxyCreate.parse({ host: '127.0.0.1', port: 9, refresh_url: refresh.url }));
  for (let n = 0; n < 2; n++) {
    const refused = await thrownBy(() => service.rotate(made.id, never));
    expect([refused.slug, refused.extra.reason, refused.message]).toEqual([
      'proxy-failed',
      'refresh',
      expect.stringContaining('403'),
    ]);
    expect(`${refused.message}${core.log.lines.join()}`).not.toContain('very-secret');
  }
  const plain = await service.create(ProxyCreate.parse({ host: '127.0.0.1', port: 9 }));
  expect((await thrownBy(() => service.rotate(plain.id, never))).slug).toBe('invalid-state');
});

// Would catch: two browsers that sites can connect by their address, without a word.
test('browsers that go out from one address are told', async () => {
  await using echo = await echoServer(() => '203.0.113.9');
  await using one = await httpProxy();
  await using two = await httpProxy();
  using core = openTestCore({ 'proxies.echo_url': echo.url });
  const { service } = proxiesOn(core);
  const ids = [];
  for (const { port } of [one, two])
    ids.push((await service.create(ProxyCreate.parse({ host: '127.0.0.1', port }))).id);
  const [first, second] = ids;
  if (!first || !second) throw new Error('no proxies');
  const told = () => core.log.lines.filter((line) => line.includes('same address')).length;
  const lease = await service.forwarders.open(first);
  expect(told()).toBe(0);
  await service.forwarders.open(second);
  expect(told()).toBe(1);
  await lease.release();
  await service.forwarders.closeAll();
});

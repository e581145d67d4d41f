/** 500 proxies on loopback, a tenth dead and a tenth slow, checked at once. */

import { ProxyCreate } from '../../src/contract/automation/proxies.ts';
import { openTestCore } from '../support/core.ts';
import { proxiesOn } from '../support/proxies/on-core.ts';
import { deadPort, echoServer, httpProxy, socks5Proxy } from '../support/proxies/servers.ts';

const AMOUNT = 500;
/** A slow proxy answers after so long, ms. */
const SLOW_MS = 1_000;
/** All of them are checked in at most so long, s. */
const BAR_SECONDS = 10;

/** Runs the benchmark and prints its figures. @returns false when the bar is missed */
export async function bench(): Promise<boolean> {
  // Without one, each check would wait for the resolver of this machine, which the test proxies ask.
  await using echo = await echoServer();
  using core = openTestCore({ 'proxies.echo_url': echo.url });
  const { service, handlers } = proxiesOn(core);
  await using http = await httpProxy();
  await using socks = await socks5Proxy();
  await using slow = await httpProxy({ before: () => new Promise((resolve) => setTimeout(resolve, SLOW_MS)) });
  const dead = await deadPort();
  for (let n = 0; n < AMOUNT; n++) {
    const socket = n % 2 === 0 ? { scheme: 'http', port: http.port } : { scheme: 'socks5', port: socks.port };
    const place =
      n % 10 === 0 ? { scheme: 'http', port: dead } : n % 10 === 5 ? { scheme: 'http', port: slow.port } : socket;
    await service.create(ProxyCreate.parse({ name: `${n}`, host: '127.0.0.1', ...place }));
  }
  const begin = performance.now();
  const input = { concurrency: 20, timeout_ms: 15_000, wait: true };
  const found = await handlers.proxies_check_all(input as never, { requestId: 'bench' } as never);
  const seconds = (performance.now() - begin) / 1000;
  const bad = 'failed' in found ? found.failed : -1;
  console.log(`proxies: ${AMOUNT} checked in ${seconds.toFixed(1)} s (bar ${BAR_SECONDS} s), ${bad} failed`);
  return seconds <= BAR_SECONDS && bad === AMOUNT / 10;
}

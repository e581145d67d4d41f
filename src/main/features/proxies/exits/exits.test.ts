/** Where profiles come out, against real proxies and an echo address that tells a country and a time zone. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { echoServer, httpProxy, type TestProxy } from '../../../../../tests/support/proxies/servers.ts';
import { EXECUTOR, openTaskHost, type TaskHost, thrownBy } from '../../../../../tests/support/tasks.ts';
import { ProfileCreate } from '../../../../contract/automation/profiles.ts';
import { ProxyCreate } from '../../../../contract/automation/proxies.ts';
import { PoolCreate } from '../../../../contract/automation/proxy/pools.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import { mismatchesOf } from './compare.ts';

let host: TaskHost;
let echo: Awaited<ReturnType<typeof echoServer>>;
let proxy: TestProxy;
/** What the echo address says. */
let told = { ip: '203.0.113.7', country: 'FR', timezone: 'Europe/Paris' };
beforeEach(async () => {
  told = { ip: '203.0.113.7', country: 'FR', timezone: 'Europe/Paris' };
  echo = await echoServer(() => JSON.stringify(told));
  proxy = await httpProxy();
  host = openTaskHost({ executor: EXECUTOR, settings: { 'proxies.echo_url': echo.url } });
});
afterEach(async () => {
  await host.dispose();
  await proxy[Symbol.asyncDispose]();
  await echo[Symbol.asyncDispose]();
});

const GERMAN = { locale: 'de-DE', timezone: 'Europe/Berlin' };
const newProxy = async (name = 'Exit') =>
  host.proxyService.create(ProxyCreate.parse({ name, host: '127.0.0.1', port: proxy.port }));
const profile = (more: object): ProfileId =>
  host.profileService.create(ProfileCreate.parse({ name: 'Anna', ...more })).id;
async function start(id: ProfileId): Promise<void> {
  const plan = await host.profileService.plan(
    id,
    { kind: 'manual', id: 'test' },
    { headless: true, tempDir: host.paths.temp },
  );
  await plan.release();
}

// Would catch: a region that is compared with a language, names of one zone that seem to be two, and facts that are made up.
test.each([
  [GERMAN, { country: 'DE', timezone: 'Europe/Berlin' }, []],
  [GERMAN, { country: 'FR', timezone: 'Europe/Paris' }, ['locale', 'timezone']],
  [GERMAN, { country: null, timezone: null }, []],
  [{ locale: 'de', timezone: 'Asia/Calcutta' }, { country: 'IN', timezone: 'Asia/Kolkata' }, []],
  [{ locale: 'pt-BR', timezone: 'Europe/Berlin' }, { country: 'DE', timezone: 'Europe/Berlin' }, ['locale']],
])('%o at %o: %o', (claims, exit, expected) => {
  expect(mismatchesOf(claims, { ip: '203.0.113.7', ...exit }).map(({ member }) => member)).toEqual(expected);
});

// Would catch: a warning that holds a profile up, and a policy of the profile that is overruled by the setting.
test('by default a start is warned about; a profile can say otherwise', async () => {
  const { id: proxy_id } = await newProxy();
  const warned = profile({ proxy_id, ...GERMAN });
  await start(warned);
  expect(host.log.lines.some((line) => line.startsWith('warn') && line.includes('its exit in FR'))).toBe(true);
  const blocked = profile({ proxy_id, ...GERMAN, exit_policy: 'block' });
  expect(await thrownBy(() => start(blocked))).toMatchObject({
    slug: 'exit-mismatch',
    message: expect.stringContaining('its time zone is Europe/Berlin, that of its exit Europe/Paris'),
    extra: { exit: told, mismatches: [{ member: 'locale' }, { member: 'timezone' }] },
  });
  expect(host.profileService.get(blocked).state).toBe('stopped');
  host.settings.update({ 'proxies.exit_policy': 'block' });
  expect(await thrownBy(() => start(warned))).toMatchObject({ slug: 'exit-mismatch' });
  await start(profile({ proxy_id, ...GERMAN, exit_policy: 'off' }));
  await start(profile({ proxy_id, locale: 'fr-FR', timezone: 'Europe/Paris' }));
});

// Would catch: consent to one exit that counts for the next: another proxy, another address, another claim of the profile.
test('what was accepted holds for exactly that exit', async () => {
  const first = await newProxy();
  const id = profile({ proxy_id: first.id, ...GERMAN, exit_policy: 'block' });
  expect(await thrownBy(async () => host.profileService.acceptExit(id, told.ip))).toMatchObject({
    slug: 'invalid-state',
  });
  await host.proxyService.check(first.id, 5000);
  expect(host.profileService.exit(id)).toMatchObject({ via: 'proxy', exit: told, blocked: true, accepted_at: null });
  expect(await thrownBy(async () => host.profileService.acceptExit(id, '203.0.113.1'))).toMatchObject({
    slug: 'conflict',
  });
  expect(host.profileService.acceptExit(id, told.ip)).toMatchObject({
    blocked: false,
    accepted_at: expect.any(String),
  });
  await start(id);

  told = { ...told, ip: '203.0.113.8' };
  expect(await thrownBy(() => start(id))).toMatchObject({ slug: 'exit-mismatch' });
  told = { ...told, ip: '203.0.113.7' };
  await start(id);
  host.profileService.update(id, { timezone: 'Europe/Vienna' }, {});
  expect(await thrownBy(() => start(id))).toMatchObject({ slug: 'exit-mismatch' });
  host.profileService.update(id, { timezone: 'Europe/Berlin' }, {});
  await start(id);
  const second = await newProxy('Another');
  host.profileService.update(id, { proxy_id: second.id }, {});
  expect(await thrownBy(() => start(id))).toMatchObject({ slug: 'exit-mismatch' });
});

// Would catch: two identities that sites can connect without anybody being told, by a proxy or by a pool.
test('profiles that come out at one address are told of each other', async () => {
  const { id: proxy_id } = await newProxy();
  const anna = profile({ proxy_id });
  const pool_id = host.proxyService.pools.create(PoolCreate.parse({ name: 'Exits', proxy_ids: [proxy_id] })).id;
  const bea = profile({ name: 'Bea', pool_id });
  await start(bea);
  await host.proxyService.check(proxy_id, 5000);
  expect(host.profileService.exit(anna).shared_with).toEqual([{ id: bea, name: 'Bea' }]);
  expect(host.profileService.exit(bea)).toMatchObject({
    ...{
      via: 'pool',
      pool: { name: 'Exits' },
      proxy: { id: proxy_id },
      chosen_at: expect.any(String),
      kept_until: null,
    },
    shared_with: [{ id: anna, name: 'Anna' }],
  });
  expect(host.profileService.exit(profile({ name: 'Direct' }))).toMatchObject({
    via: 'direct',
    exit: null,
    shared_with: [],
  });
});

// Would catch: a pool that gives up at the first exit that does not fit although another one does.
test('of a pool the first that comes out where the profile fits is taken', async () => {
  const ids = [(await newProxy()).id, (await newProxy('Another')).id];
  const pool_id = host.proxyService.pools.create(PoolCreate.parse({ name: 'Exits', proxy_ids: ids })).id;
  const id = profile({ pool_id, ...GERMAN, exit_policy: 'block' });
  expect(await thrownBy(() => start(id))).toMatchObject({ slug: 'exit-mismatch' });
  // Both were tried.
  expect(echo.hits.length).toBe(2);
  await Promise.all(ids.map((one) => host.proxyService.check(one, 5000)));
  const { proxy: last } = host.profileService.exit(id);
  host.profileService.acceptExit(id, told.ip);
  await start(id);
  expect(host.profileService.exit(id).proxy).toEqual(last);
});

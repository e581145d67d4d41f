/** Which proxy of a pool profiles get, on real proxies; the browser is left out where only the way out matters. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deadPort, httpProxy, type TestProxy } from '../../../../../tests/support/proxies/servers.ts';
import { EXECUTOR, openTaskHost, type TaskHost, thrownBy } from '../../../../../tests/support/tasks.ts';
import { ProfileCreate } from '../../../../contract/automation/profiles.ts';
import { ProxyCreate } from '../../../../contract/automation/proxies.ts';
import { PoolCreate, type Sticky } from '../../../../contract/automation/proxy/pools.ts';
import type { PoolId, ProfileId, ProxyId } from '../../../../contract/kernel/scalars.ts';
import { type Clock, systemClock } from '../../../core/clock.ts';

let host: TaskHost;
let proxies: TestProxy[];
let ahead = 0;
const clock: Clock = { ...systemClock, now: () => Date.now() + ahead };
beforeEach(async () => {
  ahead = 0;
  host = openTaskHost({ executor: EXECUTOR, clock });
  proxies = [await httpProxy(), await httpProxy(), await httpProxy()];
});
afterEach(async () => {
  await host.dispose();
  for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
});

const proxyAt = async (port: number, more: object = {}): Promise<ProxyId> =>
  (await host.proxyService.create(ProxyCreate.parse({ host: '127.0.0.1', port, ...more }))).id;
const all = () => Promise.all(proxies.map(({ port }) => proxyAt(port)));
const poolOf = (input: object): PoolId =>
  host.proxyService.pools.create(PoolCreate.parse({ name: 'Exits', ...input })).id;
const profileIn = (pool_id: PoolId, sticky: Sticky = 'failure', more: object = {}): ProfileId =>
  host.profileService.create(ProfileCreate.parse({ name: 'Anna', pool_id, sticky, ...more })).id;

/** Plans a start and gives it up again. @returns the proxy that it would have gone through */
async function start(id: ProfileId): Promise<string | null> {
  const plan = await host.profileService.plan(
    id,
    { kind: 'manual', id: 'test' },
    { headless: true, tempDir: host.paths.temp },
  );
  expect(plan.args.some((arg) => arg.startsWith('--proxy-server=http://127.0.0.1:'))).toBe(true);
  await plan.release();
  return plan.via?.proxyId ?? null;
}

// Would catch: profiles that all get the first proxy, also when they start at the same time.
test('profiles that start together get different proxies, and keep them', async () => {
  const pool = poolOf({ proxy_ids: await all() });
  const profiles = [1, 2, 3].map(() => profileIn(pool));
  const first = await Promise.all(profiles.map(start));
  expect(new Set(first).size).toBe(3);
  expect(await Promise.all(profiles.map(start))).toEqual(first);
});

// Would catch: a tag that is read once, a member by name that is counted twice, and a pool that takes proxies that others deleted.
test('proxies belong to a pool by name or by tag, as they are now', async () => {
  const [one = '', two = ''] = await Promise.all(
    proxies.map(({ port }, at) => proxyAt(port, { tags: at === 2 ? ['de'] : [] })),
  );
  const pool = poolOf({ proxy_ids: [one], tags: ['de'] });
  expect(host.proxyService.pools.get(pool)).toMatchObject({ members: 2, available: 2, used_by: 0 });
  await host.proxyService.update(two as ProxyId, { tags: ['de', 'x'] }, {});
  expect(host.proxyService.pools.get(pool).members).toBe(3);
  host.proxyService.remove(one as ProxyId, false);
  expect(host.proxyService.pools.get(pool).members).toBe(2);
});

// Would catch: each rule that is taken for another one.
test('a profile keeps its proxy as its rule says', async () => {
  const pool = poolOf({ proxy_ids: await all(), pick: 'least_used' });
  // Those that it had are used by it, so each new choice is another one.
  const run = profileIn(pool, 'run');
  const each = [await start(run), await start(run), await start(run)];
  expect(each[1]).not.toBe(each[0]);
  const timed = profileIn(pool, 'minutes', { sticky_minutes: 30 });
  const first = await start(timed);
  ahead = 29 * 60_000;
  expect(await start(timed)).toBe(first);
  ahead = 31 * 60_000;
  expect(await start(timed)).not.toBe(first);
  const kept = profileIn(pool, 'forever');
  const own = await start(kept);
  ahead = 400 * 86_400_000;
  expect(await start(kept)).toBe(own);
});

// Would catch: a start that gives up at the first dead one, one that tries it again at once, and one that never comes back to it.
test('one that fails is left alone for its cool-down; another one takes its place', async () => {
  const dead = await proxyAt(await deadPort());
  const good = await proxyAt(proxies[0]?.port ?? 0);
  const pool = poolOf({ proxy_ids: [dead, good], pick: 'fastest', cooldown_seconds: 600 });
  const id = profileIn(pool);
  // As if it had been the fastest so far.
  host.db.raw.prepare("UPDATE proxy SET latency_ms = 1, status = 'ok' WHERE id = ?").run(dead);
  expect(await start(id)).toBe(good);
  expect(host.proxyService.get(dead)).toMatchObject({
    status: 'failing',
    failures: 1,
    last_check: { error: 'refused' },
  });
  expect(host.proxyService.pools.get(pool)).toMatchObject({ members: 2, available: 1 });
  expect(await start(profileIn(pool))).toBe(good);
  expect(host.proxyService.get(dead).failures).toBe(1);
  ahead = 601_000;
  expect(host.proxyService.pools.get(pool)).toMatchObject({ available: 2, next_at: null });
});

// Would catch: a browser that goes out directly when nothing is left, and a refusal that does not say when to come back.
test('with nothing left nothing starts, and the reason says when one comes back', async () => {
  const pool = poolOf({ proxy_ids: [await proxyAt(await deadPort())], cooldown_seconds: 600 });
  const id = profileIn(pool);
  for (const _ of [1, 2]) {
    const error = await thrownBy(() => start(id));
    expect(error).toMatchObject({
      slug: 'proxy-failed',
      message: expect.stringMatching(/1 failed and rests\. The first comes back at \d\d:\d\d:\d\d UTC\./),
      extra: { reason: 'pool', pool_id: pool, retry_at: expect.any(String) },
    });
  }
  expect(host.profileService.get(id).state).toBe('stopped');
  expect(await thrownBy(() => start(profileIn(poolOf({ tags: ['none'] }))))).toMatchObject({
    message: expect.stringContaining('has no proxies'),
  });
});

// Would catch: a profile that must keep its exit for ever and is given another one.
test('a profile that keeps its proxy for ever rather does not start', async () => {
  const pool = poolOf({ proxy_ids: await all() });
  const id = profileIn(pool, 'forever');
  const own = await start(id);
  const at = proxies.findIndex(({ port }) => host.proxyService.route(own as ProxyId)?.port === port);
  await proxies[at]?.[Symbol.asyncDispose]();
  proxies.splice(at, 1);
  expect(await thrownBy(() => start(id))).toMatchObject({ slug: 'proxy-failed', extra: { reason: 'refused' } });
  host.profileService.renewExit(id);
  expect(await start(id)).not.toBe(own);
});

// Would catch: a profile whose way out has to be guessed, and a pool that is deleted under those that use it.
test('a profile has a proxy or a pool, and a pool in use stays', async () => {
  const one = await proxyAt(proxies[0]?.port ?? 0);
  const pool = poolOf({ proxy_ids: [one] });
  const id = profileIn(pool);
  const both = { pool_id: pool, proxy_id: one };
  expect(await thrownBy(async () => profileIn(pool, 'run', both))).toMatchObject({
    errors: { pool_id: expect.any(String) },
  });
  expect(await thrownBy(async () => host.profileService.update(id, { proxy_id: one }, {}))).toMatchObject({
    slug: 'validation-error',
  });
  expect(await thrownBy(async () => host.proxyService.pools.remove(pool))).toMatchObject({
    slug: 'conflict',
    extra: { dependents: [{ type: 'profile', id }] },
  });
  host.profileService.update(id, { proxy_id: one, pool_id: null }, {});
  host.proxyService.pools.remove(pool);
  expect(host.proxyService.pools.list().items).toEqual([]);
});

/** Proxies as rows: editing, passwords, what a check changes, and deleting what profiles use. */
import { expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { proxiesOn } from '../../../../tests/support/proxies/on-core.ts';
import { deadPort, httpProxy } from '../../../../tests/support/proxies/servers.ts';
import { thrownBy } from '../../../../tests/support/tasks.ts';
import { ProfileCreate } from '../../../contract/automation/profiles.ts';
import { PROXY_HISTORY, ProxyCreate } from '../../../contract/automation/proxies.ts';
import { createProfiles } from '../profiles/index.ts';

const input = (over: Record<string, unknown> = {}) => ProxyCreate.parse({ host: '127.0.0.1', port: 9, ...over });
const profilesOn = (core: TestCore, proxies: ReturnType<typeof proxiesOn>) =>
  createProfiles({
    ...core,
    ...{
      profilesDir: `${core.dir}/profiles`,
      tempDir: `${core.dir}/tmp`,
      baseUrl: () => 'http://127.0.0.1:8080',
      browserArgs: [],
      proxies: proxies.service,
    },
  }).service;
const secrets = (core: TestCore) => core.db.raw.prepare('SELECT count(*) FROM secret').pluck().get();

// Would catch: a password that can be read back, that stays in the database after it was replaced, or that is stored as it is.
test('a password is sealed, replaced and removed, and never read back', async () => {
  using core = openTestCore();
  const { service } = proxiesOn(core);
  const made = await service.create(input({ username: 'u', password: 'pass-word-1' }));
  expect(made).toMatchObject({ name: '127.0.0.1:9', has_password: true, used_by: 0, status: 'untested' });
  expect(JSON.stringify(made)).not.toContain('pass-word-1');
  expect(core.db.raw.serialize().includes('pass-word-1')).toBe(false);
  const changed = await service.update(made.id, { password: 'pass-word-2' }, {});
  expect([changed.version, secrets(core)]).toEqual([2, 1]);
  expect((await service.update(made.id, { tags: ['a'] }, {})).has_password).toBe(true);
  expect((await service.update(made.id, { password: null }, {})).has_password).toBe(false);
  expect(secrets(core)).toBe(0);
});

// Would catch: a check that is shown for a proxy that has moved since.
test('what a check found holds until the proxy leads elsewhere', async () => {
  using core = openTestCore();
  const { service } = proxiesOn(core);
  await using server = await httpProxy();
  const { id } = await service.create(input({ port: server.port }));
  const found = await service.check(id, 5000);
  expect(service.get(id)).toMatchObject({ status: 'ok', last_check: found, failures: 0, version: 1 });
  expect((await service.update(id, { notes: 'x' }, {})).status).toBe('ok');
  expect(await service.update(id, { port: server.port + 1 }, {})).toMatchObject({
    status: 'untested',
    last_check: null,
  });
});

// Would catch: a schedule that is told of every failed check, or not of the first one, or of a proxy that works for the first time.
test('a proxy that goes down, and one that works again, is told once', async () => {
  using core = openTestCore();
  const { service } = proxiesOn(core);
  await using server = await httpProxy();
  const { id } = await service.create(input({ name: 'Oslo', port: server.port }));
  const turns = () =>
    core.events.list(0, 100).flatMap(({ type }) => (/^proxy\.(up|down)$/.test(type) ? [type.slice(6)] : []));
  await service.check(id, 5000);
  expect(turns()).toEqual([]);
  await service.update(id, { port: await deadPort() }, {});
  for (let n = 0; n < 2; n++) await service.check(id, 5000);
  expect(turns()).toEqual(['down']);
  core.db.raw.prepare('UPDATE proxy SET port = ?').run(server.port);
  for (let n = 0; n < 2; n++) await service.check(id, 5000);
  expect(turns()).toEqual(['down', 'up']);
});

// Would catch: a history without end, failures that are not counted, or a last good check that a bad one wipes out.
test('failures are counted and the history is bounded', async () => {
  using core = openTestCore();
  const { service } = proxiesOn(core);
  const { id } = await service.create(input({ port: await deadPort() }));
  for (let n = 0; n < PROXY_HISTORY + 3; n++) await service.check(id, 5000);
  const { failures, history, last_check, status, last_ok_at } = service.get(id);
  expect([failures, history.length, status, last_ok_at]).toEqual([PROXY_HISTORY + 3, PROXY_HISTORY, 'failing', null]);
  expect(last_check).toMatchObject({
    ok: false,
    error: 'refused',
    message: expect.stringContaining('does not accept'),
  });
});

// Would catch: a proxy that disappears from under profiles, and a profile that starts without it.
test('a proxy that profiles use is deleted only by force, and they refuse to start then', async () => {
  using core = openTestCore();
  const proxies = proxiesOn(core);
  const profiles = profilesOn(core, proxies);
  const { id } = await proxies.service.create(input());
  const profile = profiles.create(ProfileCreate.parse({ name: 'Anna', proxy_id: id }));
  expect(proxies.service.get(id).used_by).toBe(1);
  const refusal = await thrownBy(() => proxies.service.remove(id, false));
  expect([refusal.slug, refusal.extra.dependents]).toEqual([
    'conflict',
    [{ type: 'profile', id: profile.id, name: 'Anna' }],
  ]);
  proxies.service.remove(id, true);
  const refused = await thrownBy(() => profiles.start(profile.id, { headless: true }));
  expect([refused.slug, refused.status, refused.extra.reason]).toEqual(['proxy-failed', 503, 'deleted']);
  expect(profiles.get(profile.id)).toMatchObject({ state: 'stopped', proxy_id: id, holder: null });
  expect(proxies.service.restore(id).used_by).toBe(1);
});

// Would catch: a profile that names a proxy which does not exist, so that it never starts.
test('a profile takes only a proxy that exists', async () => {
  using core = openTestCore();
  const proxies = proxiesOn(core);
  const profiles = profilesOn(core, proxies);
  const made = profiles.create(ProfileCreate.parse({ name: 'Anna' }));
  const { id } = await proxies.service.create(input());
  proxies.service.remove(id, false);
  expect((await thrownBy(() => profiles.update(made.id, { proxy_id: id }, {}))).slug).toBe('validation-error');
});

// Would catch: deleted proxies, or their passwords, that stay for ever.
test('the trash is emptied with the passwords', async () => {
  using core = openTestCore();
  const { service } = proxiesOn(core);
  const { id } = await service.create(input({ password: 'secret' }));
  service.remove(id, false);
  service.purge(core.clock.now() + 1);
  expect(secrets(core)).toBe(0);
  expect((await thrownBy(() => service.restore(id))).slug).toBe('not-found');
});

/** Pools and exits in the panel, against a real host with real proxies. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProfilesScreen } from '../../../src/renderer/features/profiles/profiles-screen.tsx';
import { ProxiesScreen } from '../../../src/renderer/features/proxies/proxies-screen.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';
import { echoServer, httpProxy } from '../../support/proxies/servers.ts';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
const pools = async () => (await call('pools_list', {})).items;

// Would catch: a pool that loses its tags or its rule on the way, one that cannot be edited, and a delete without a way back.
test('a pool is made, edited, deleted and brought back', async () => {
  await call('proxies_create', { host: '127.0.0.1', port: 9, tags: ['de'] });
  await using panel = await renderPanel(subject, <ProxiesScreen />, { at: '/proxies' });
  await panel.user.click(await screen.findByRole('button', { name: 'Pools' }));
  await screen.findByText('No pools yet');
  await panel.user.click(screen.getByRole('button', { name: 'New pool' }));
  fireEvent.change(await screen.findByRole('textbox', { name: 'Name' }), { target: { value: 'German exits' } });
  await panel.user.type(
    screen.getByLabelText('Tags', { selector: 'input[type=text], input:not([type])' }),
    'de{Enter}',
  );
  await panel.user.click(screen.getByRole('button', { name: 'Create pool' }));
  const list = within(await screen.findByRole('list', { name: 'Pools' }));
  await list.findByText(/1 of 1 proxy free · least used · used by 0 profiles/);
  expect(await pools()).toMatchObject([{ name: 'German exits', tags: ['de'], cooldown_seconds: 300 }]);
  await panel.user.click(list.getByRole('button', { name: 'Edit German exits' }));
  fireEvent.change(await screen.findByRole('textbox', { name: 'Rest after a failure' }), { target: { value: '60' } });
  await panel.user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(async () => expect(await pools()).toMatchObject([{ cooldown_seconds: 60, version: 2 }]), {
    timeout: 10_000,
  });
  await panel.user.click(await screen.findByRole('button', { name: 'Delete German exits' }));
  await waitFor(async () => expect(await pools()).toEqual([]), { timeout: 10_000 });
  await panel.user.click(await screen.findByRole('button', { name: 'Undo' }));
  await waitFor(async () => expect(await pools()).toMatchObject([{ name: 'German exits', cooldown_seconds: 60 }]), {
    timeout: 10_000,
  });
}, 60_000);

// Would catch: an exit that does not fit and is not told, an acceptance that is not sent, and profiles that share an exit unknowingly.
test('the inspector tells an exit that does not fit, and accepts it', async () => {
  await using echo = await echoServer(() =>
    JSON.stringify({ ip: '203.0.113.7', country: 'FR', timezone: 'Europe/Paris' }),
  );
  await using proxy = await httpProxy();
  await call('settings_update', { 'proxies.echo_url': echo.url });
  const { id: proxy_id } = await call('proxies_create', { name: 'Exit A', host: '127.0.0.1', port: proxy.port });
  const german = { locale: 'de-DE', timezone: 'Europe/Berlin', exit_policy: 'block' } as const;
  const { id } = await call('profiles_create', { name: 'Anna', proxy_id, ...german });
  await call('profiles_create', { name: 'Bea', proxy_id });
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: `/profiles?peek=${id}` });
  const section = within(await screen.findByRole('region', { name: 'Exit' }));
  expect(section.getAllByText('not known').length).toBe(3);
  // While it is shown: a check made elsewhere appears.
  await call('proxies_check', { id: proxy_id });
  await section.findByText(
    /its language is of DE, the exit in FR, and its time zone is Europe\/Berlin/,
    {},
    { timeout: 10_000 },
  );
  expect(section.getByRole('link', { name: 'Bea' })).toBeTruthy();
  await panel.user.click(section.getByRole('button', { name: 'Accept this exit' }));
  await section.findByText(/Accepted/, {}, { timeout: 10_000 });
  expect(await call('profiles_exit', { id })).toMatchObject({ blocked: false, accepted_at: expect.any(String) });
}, 60_000);

// Would catch: a form that shows a pool and does not send it, and one that sends a proxy beside it.
test('a profile chooses a pool in its form, with the rule by which it keeps its proxy', async () => {
  const pool = await call('pools_create', { name: 'All exits' });
  const { id } = await call('profiles_create', { name: 'Carla' });
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: `/profiles?peek=${id}&edit=${id}` });
  const form = within(await screen.findByRole('dialog'));
  await panel.user.click(await form.findByRole('combobox', { name: 'Pool' }, { timeout: 10_000 }));
  await panel.user.click(await screen.findByRole('option', { name: 'All exits', hidden: true }));
  expect(form.queryByRole('combobox', { name: 'Proxy' })).toBeNull();
  await panel.user.click(await form.findByRole('combobox', { name: 'Keeps its proxy' }));
  await panel.user.click(await screen.findByRole('option', { name: 'For one run', hidden: true }));
  await panel.user.click(form.getByRole('button', { name: 'Save' }));
  const saved = { pool_id: pool.id, proxy_id: null, sticky: 'run' };
  await waitFor(async () => expect(await call('profiles_get', { id })).toMatchObject(saved), { timeout: 10_000 });
}, 60_000);

/** The screen of proxies, against a real host. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ProxiesScreen } from '../../../src/renderer/features/proxies/proxies-screen.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';
import { deadPort, httpProxy } from '../../support/proxies/servers.ts';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
const all = async () => (await call('proxies_list', { sort: 'name' })).items;
beforeEach(async () => {
  const ids = (await all()).map(({ id }) => id);
  if (ids.length > 0) await call('proxies_bulk', { ids, action: 'delete', input: { force: true } });
});
const press = (key: string, more: object = {}) => fireEvent.keyDown(document.body, { key, ...more });
const row = (name: RegExp) => screen.findByRole('row', { name });

// Catches an empty list without a way on, and a paste box that imports other lines than those whose verdict it shows.
test('a list is pasted, its verdicts are read, an ambiguous line is decided, and the proxies come', async () => {
  await using panel = await renderPanel(subject, <ProxiesScreen />, { at: '/proxies' });
  await screen.findByText('No proxies yet');
  press('i');
  const box = await screen.findByRole('textbox', { name: 'Proxies' });
  fireEvent.change(box, { target: { value: 'socks5://u:secret-1@h.example:1080\n10.0.0.1:80:10.0.0.2:90\nnonsense' } });
  await screen.findByText('1 new proxy');
  await screen.findByText('1 unreadable line');
  await panel.user.click(screen.getByRole('button', { name: /10\.0\.0\.1@10\.0\.0\.2:90/ }));
  await panel.user.click(await screen.findByRole('button', { name: 'Import 2 proxies' }));
  await row(/h\.example:1080/);
  expect((await all()).map(({ host, has_password }) => [host, has_password])).toEqual([
    ['10.0.0.2', true],
    ['h.example', true],
  ]);
});

// Catches a pasted list, which holds passwords, that is kept when the dialog is closed.
test('nothing of a pasted list is kept', async () => {
  await using panel = await renderPanel(subject, <ProxiesScreen />, { at: '/proxies' });
  await screen.findByText('No proxies yet');
  press('i');
  const box = await screen.findByRole('textbox', { name: 'Proxies' });
  fireEvent.change(box, { target: { value: '1.2.3.4:80:u:secret-2' } });
  await screen.findByText('1 new proxy');
  await panel.user.click(screen.getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('secret-2');
});

// Catches a form that loses a field, and one that removes the password when another field is changed.
test('a proxy is made and edited; its password stays', async () => {
  await using panel = await renderPanel(subject, <ProxiesScreen />, { at: '/proxies' });
  await screen.findByText('No proxies yet');
  press('n');
  await panel.user.type(await screen.findByRole('textbox', { name: 'Host' }), '[[::1]');
  await panel.user.type(screen.getByRole('textbox', { name: 'Port' }), '3128');
  await panel.user.type(screen.getByLabelText('Password'), 'secret-3');
  await panel.user.click(screen.getByRole('button', { name: 'Create proxy' }));
  await row(/\[::1\]:3128/);
  press('e');
  await panel.user.type(await screen.findByRole('textbox', { name: 'Name' }), ' home');
  await panel.user.click(screen.getByRole('button', { name: 'Save' }));
  await row(/\[::1\]:3128 home/);
  expect(await all()).toMatchObject([{ host: '::1', port: 3128, has_password: true, version: 2 }]);
});

// Catches a check whose outcome is not shown, and faults that are not told apart.
test('a check shows what it found, beside the row and in the inspector', async () => {
  await using good = await httpProxy();
  await call('proxies_create', { name: 'Good', host: '127.0.0.1', port: good.port });
  await call('proxies_create', { name: 'Dead', host: '127.0.0.1', port: await deadPort() });
  await using panel = await renderPanel(subject, <ProxiesScreen />, { at: '/proxies' });
  await row(/Good/);
  await panel.user.click(screen.getByRole('button', { name: 'Check all' }));
  expect(within(await row(/Dead.*Refused|Refused.*Dead/)).getByText('Refused')).toBeTruthy();
  await row(/OK.*Good/);
  await screen.findByText(/Checked 2: 1 OK, 1 failed/);
});

// Catches a proxy that is taken away from profiles without a word.
test('a proxy in use is deleted only after a second word', async () => {
  const made = await call('proxies_create', { name: 'Used', host: 'h.example', port: 1 });
  await call('profiles_create', { name: 'Anna', proxy_id: made.id });
  await using panel = await renderPanel(subject, <ProxiesScreen />, { at: `/proxies?peek=${made.id}` });
  const pane = within(await screen.findByRole('complementary', { name: 'Proxy' }));
  await pane.findByRole('link', { name: 'Anna' });
  await panel.user.click(pane.getByRole('button', { name: 'Delete' }));
  await panel.user.click(await screen.findByRole('button', { name: 'Delete anyway' }));
  await waitFor(async () => expect(await all()).toEqual([]));
});

/** API keys and connections, against a real host: what a key may do is asked of the host with that key. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConnectionsScreen } from '../../../src/renderer/features/connections/connections-screen.tsx';
import { NO_DRAFT, useDrafts } from '../../../src/renderer/lib/drafts/drafts.ts';
import { openSocket } from '../../support/frame-client.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

const statusWith = async (key: string, path: string, init: RequestInit = {}) =>
  (
    await fetch(`${subject.url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    })
  ).status;
const dialog = async () => within(await screen.findByRole('dialog'));

/** Opens the dialog with its key and gives the key a name. */
async function begin(name: string) {
  await screen.findByRole('heading', { name: 'Connections' });
  await waitFor(() => expect(screen.queryByRole('status', { name: 'Loading' })).toBeNull());
  fireEvent.keyDown(document.body, { key: 'n' });
  const form = await dialog();
  fireEvent.change(form.getByRole('textbox', { name: 'Name' }), { target: { value: name } });
  return form;
}

// Catches scopes and areas that the form shows but does not send, and a key that can more, or less, than it says.
test('a key can do what was chosen for it and nothing beyond', async () => {
  await using panel = await renderPanel(subject, <ConnectionsScreen />);
  const form = await begin('Reader');
  await panel.user.click(form.getByRole('combobox', { name: 'Scope' }));
  await panel.user.click(await screen.findByRole('option', { name: /^read/ }));
  for (const area of [/^host/, /^models/]) await panel.user.click(form.getByRole('checkbox', { name: area }));
  await panel.user.click(form.getByRole('button', { name: 'Create key' }));
  const key = (await screen.findByTestId('new-key')).textContent;
  expect(await statusWith(key, '/v1/tasks')).toBe(200);
  expect(await statusWith(key, '/v1/tasks', { method: 'POST', body: '{}' }), 'run').toBe(403);
  expect(await statusWith(key, '/v1/settings'), 'another area').toBe(403);
  const [made] = (await panel.client.call('keys_list', { q: 'Reader' })).items;
  expect(made).toMatchObject({ scopes: ['read'], areas: ['automation'], rate_multiplier: 1 });
  const days = (Date.parse(made?.expires_at ?? '') - Date.now()) / 86_400_000;
  expect(days, 'the lifetime that is chosen at first').toBeCloseTo(90, 0);
});

// Catches a secret that is still in the page, or comes back, after the only time that it is shown.
test('the key itself is shown once', async () => {
  await using panel = await renderPanel(subject, <ConnectionsScreen />);
  const form = await begin('Once');
  await panel.user.click(form.getByRole('button', { name: 'Create key' }));
  const key = (await screen.findByTestId('new-key')).textContent;
  await panel.user.click((await dialog()).getByRole('button', { name: 'Done' }));
  await screen.findByText('Once');
  await waitFor(() => expect(document.body.innerHTML).not.toContain(key));
  fireEvent.keyDown(document.body, { key: 'n' });
  expect((await dialog()).getByRole<HTMLInputElement>('textbox', { name: 'Name' }).value).toBe('');
});

// Catches a form that is sent although the key would be of no use, and one that does not say why it is not.
test('a key without a name or an area is not made', async () => {
  await using panel = await renderPanel(subject, <ConnectionsScreen />);
  const before = (await panel.client.call('keys_list', { count: true })).total;
  const form = await begin('   ');
  const create = form.getByRole('button', { name: 'Create key' });
  expect(create.title).toBe('Name is required');
  fireEvent.change(form.getByRole('textbox', { name: 'Name' }), { target: { value: 'x' } });
  // A new key reaches the areas in which there is something.
  for (const area of ['automation', 'models', 'host'])
    await panel.user.click(form.getByRole('checkbox', { name: new RegExp(`^${area}`), checked: true }));
  expect(create.title).toBe('Choose at least one area');
  await panel.user.click(create);
  fireEvent.submit(form.getByRole('textbox', { name: 'Name' }));
  expect((await panel.client.call('keys_list', { count: true })).total).toBe(before);
  expect(screen.queryByTestId('new-key')).toBeNull();
});

// Catches a key that is revoked without being asked, and one that goes on working until the next start.
test('revoking asks first, and then the key is refused at once', async () => {
  const { key } = await subject.host.client.call('keys_create', {
    name: 'Leaked',
    scopes: ['read'],
    areas: ['automation'],
  });
  await using panel = await renderPanel(subject, <ConnectionsScreen />);
  const row = within(await screen.findByRole('row', { name: /Leaked/ }));
  await panel.user.click(row.getByRole('button', { name: /^Revoke / }));
  // In a narrow window only the dialog says which key it is and whether anything uses it.
  expect((await screen.findByRole('dialog')).textContent).toContain(`${key.slice(0, 8)}`);
  expect((await screen.findByRole('dialog')).textContent).toContain('never used');
  await panel.user.click((await dialog()).getByRole('button', { name: 'Keep' }));
  expect(await statusWith(key, '/v1/tasks')).toBe(200);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await panel.user.click(row.getByRole('button', { name: /^Revoke / }));
  await panel.user.click((await dialog()).getByRole('button', { name: 'Revoke' }));
  await screen.findByText(/Key revoked/);
  expect(await statusWith(key, '/v1/tasks')).toBe(401);
  await waitFor(() => expect(screen.queryByRole('row', { name: /Leaked/ })).toBeNull());
});

// Catches keys whose end is shown as a moment in the past without a word, or for ever.
test('a key says whether and when it ends', async () => {
  const { id } = await subject.host.client.call('keys_create', {
    name: 'Ended',
    expires_at: '2020-01-01T00:00:00.000Z' as never,
  });
  await subject.host.client.call('keys_create', { name: 'Endless' });
  await using _panel = await renderPanel(subject, <ConnectionsScreen />);
  expect((await screen.findByRole('row', { name: /Ended/ })).textContent).toContain('expired');
  expect(screen.getByRole('row', { name: /Endless/ }).textContent).toContain('never');
  await subject.host.client.call('keys_delete', { id });
});

// Catches a list that shows a closed connection as live, and a close that closes nothing.
test('a connection of a program is shown while it lasts, and can be closed', async () => {
  await using panel = await renderPanel(subject, <ConnectionsScreen />, { at: '/connections?tab=clients' });
  const { key } = await subject.host.client.call('keys_create', {
    name: 'Program',
    scopes: ['read'],
    areas: ['automation'],
  });
  const { client } = await openSocket(subject.url, { authorization: `Bearer ${key}` });
  const row = within(await screen.findByRole('row', { name: /Connected Program/ }));
  await panel.user.click(row.getByRole('button', { name: /^Close / }));
  await screen.findByText('Connection closed');
  await waitFor(() => expect(screen.queryByRole('row', { name: /Connected Program/ })).toBeNull());
  client.close();
});

// Catches an example that is copied with the address of another host, and links that lead nowhere when the documentation is off.
test('the API is shown with its address, and without its pages when they are switched off', async () => {
  await using _panel = await renderPanel(subject, <ConnectionsScreen />, { at: '/connections?tab=api' });
  expect((await screen.findAllByText(/^curl /))[0]?.textContent).toContain('/v1/tasks?limit=5');
  expect(screen.getAllByRole('link', { name: /Open/ })).toHaveLength(3);
  await subject.host.client.call('settings_update', { docs_enabled: false });
  await screen.findByText(/documentation is switched off/);
  expect(screen.queryByRole('link', { name: /Open/ })).toBeNull();
  await subject.host.client.call('settings_update', { docs_enabled: null });
});

// Catches an example that names an address or a path where nothing answers.
test('the examples for OpenAI clients have the address of this host', async () => {
  await using panel = await renderPanel(subject, <ConnectionsScreen />, { at: '/connections?tab=api' });
  const examples = within(await screen.findByRole('region', { name: 'OpenAI clients' }));
  const shown = () => examples.getByRole('tabpanel').textContent ?? '';
  expect(shown()).toContain('/v1/chat/completions');
  const { key } = await subject.host.client.call('keys_create', { name: 'Example', scopes: ['run', 'read'] });
  for (const [language, pattern] of [
    ['Python', /base_url="([^"]+)"/],
    ['JavaScript', /baseURL: '([^']+)'/],
  ] as const) {
    await panel.user.click(examples.getByRole('tab', { name: language }));
    const url = new URL(pattern.exec(shown())?.[1] ?? '');
    // The page of a test is served by nobody.
    expect(url.origin).toBe(location.origin);
    const answer = await fetch(`${subject.url}${url.pathname}/models`, { headers: { authorization: `Bearer ${key}` } });
    expect(answer.status).toBe(200);
  }
});

// Catches a link that can be used twice, or one that is made again each time the dialog is looked at.
test('a panel link signs in once', async () => {
  await using panel = await renderPanel(subject, <ConnectionsScreen />);
  await panel.user.click(await screen.findByRole('button', { name: 'Panel link' }));
  const url = new URL((await (await dialog()).findByText(/^http/)).textContent);
  const ticket = new URLSearchParams(url.hash.slice(1)).get('ticket');
  const login = async () =>
    (
      await fetch(`${subject.url}/v1/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: subject.url },
        body: JSON.stringify({ ticket }),
      })
    ).status;
  expect(await login()).toBeLessThan(300);
  expect(await login()).toBeGreaterThanOrEqual(400);
});

// Catches a screen that ends because an earlier panel kept the draft of a key in another form.
test('a draft that an earlier panel kept opens with what of it is still known', async () => {
  useDrafts.setState({ entries: { 'key:new': { ...NO_DRAFT, edits: { name: 'Kept', areas: null } } } });
  await using _ = await renderPanel(subject, <ConnectionsScreen />);
  await screen.findByRole('heading', { name: 'Connections' });
  await waitFor(() => expect(screen.queryByRole('status', { name: 'Loading' })).toBeNull());
  fireEvent.keyDown(document.body, { key: 'n' });
  const form = await dialog();
  expect(form.getByRole<HTMLInputElement>('textbox', { name: 'Name' }).value).toBe('Kept');
  expect(form.getByRole<HTMLInputElement>('checkbox', { name: /^automation/ }).checked).toBe(true);
  useDrafts.setState({ entries: {} });
});

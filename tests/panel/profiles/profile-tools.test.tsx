/** Profiles from a table, duplicates, storage and the hand-over to a script, against a real host. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ProfilesScreen } from '../../../src/renderer/features/profiles/profiles-screen.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel, type TestPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
const names = async () => (await call('profiles_list', { sort: 'name' })).items.map(({ name }) => name);
/** Clicks a button once it may be: a profile that was just used is free again a moment later. */
async function press(panel: TestPanel, name: string): Promise<void> {
  const button = await screen.findByRole('button', { name });
  await waitFor(() => expect(button.getAttribute('aria-disabled')).toBeNull(), { timeout: 10_000 });
  await panel.user.click(button);
}
beforeEach(async () => {
  const { items } = await call('profiles_list', {});
  if (items.length > 0) await call('profiles_bulk', { ids: items.map(({ id }) => id), action: 'delete' });
});

// Catches a table that is taken without a look, a bad row that is passed over, and profiles that cannot be taken back.
test('a table is checked first; bad rows are named and left out; what was made can be taken back', async () => {
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: '/profiles' });
  await panel.user.click(await screen.findByRole('button', { name: 'Import from table' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Profiles from a table' }));
  await panel.user.click(dialog.getByRole('textbox', { name: 'Table' }));
  await panel.user.paste('name,timezone\nAnna,Europe/Berlin\nBea,Mars/Olympus\nCleo,');
  await panel.user.click(dialog.getByRole('button', { name: 'Check rows' }));
  expect((await dialog.findByRole('alert')).textContent).toBe('2 of 3 rows are valid. These are skipped:');
  expect(dialog.getByRole('list', { name: 'Skipped rows' }).textContent).toContain('Line 3, Bea: timezone');
  expect(await names()).toEqual([]);
  // Another text has to be tried again.
  await panel.user.type(dialog.getByRole('textbox', { name: 'Table' }), '\nDora,');
  await panel.user.click(dialog.getByRole('button', { name: 'Check rows' }));
  await panel.user.click(await dialog.findByRole('button', { name: 'Create 3 profiles' }));
  await screen.findByText('3 profiles made');
  expect(await names()).toEqual(['Anna', 'Cleo', 'Dora']);
  await panel.user.click(screen.getByRole('button', { name: 'Undo' }));
  await waitFor(async () => expect(await names()).toEqual([]));
});

test('D duplicates the profile in the inspector', async () => {
  const { id } = await call('profiles_create', { name: 'Anna' });
  await using _panel = await renderPanel(subject, <ProfilesScreen />, { at: `/profiles?peek=${id}` });
  await screen.findByRole('row', { name: /Anna/ });
  await screen.findByText(id);
  fireEvent.keyDown(document.body, { key: 'd' });
  await screen.findByText('“Anna copy” made');
  expect(await names()).toEqual(['Anna', 'Anna copy']);
});

// Catches sizes that nobody measures again, and an offer to clear what is not there.
test('the storage tab tells sizes by kind, and offers to clear a cache only where there is one', async () => {
  const { id } = await call('profiles_create', { name: 'Anna' });
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: `/profiles?peek=${id}` });
  await panel.user.click(await screen.findByRole('tab', { name: 'Storage' }));
  await screen.findByText('Site data');
  const clear = screen.getByRole('button', { name: 'Clear cache, keep logins' });
  expect(clear.getAttribute('aria-description')).toBe('There is no cache');
});

// Catches an offer to drive a browser that is not open, and an address that is shown without a way to take it.
test('an open browser can be handed to a script, a closed one cannot', async () => {
  const { id } = await call('profiles_create', { name: 'Anna' });
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: `/profiles?peek=${id}` });
  await screen.findByText(id);
  expect(screen.queryByText('Drive it from a script')).toBeNull();
  await call('profiles_start', { id, headless: true });
  const offer = await screen.findByRole('button', { name: 'Get an address' }, { timeout: 20_000 });
  // Below all facts it would be out of view in a low window.
  expect(offer.compareDocumentPosition(screen.getByText('In use by'))).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  await panel.user.click(offer);
  await screen.findByText(new RegExp(`connectOverCDP\\('ws://.*/v1/profiles/${id}/devtools\\?ticket=`));
  await call('profiles_stop', { id });
  await waitFor(() => expect(screen.queryByText('Drive it from a script')).toBeNull(), { timeout: 20_000 });
}, 60_000);

// Catches a list of snapshots that has to be loaded again by hand, and a way back without a way back.
test('a kept state is compared and brought back, and that is taken back', async () => {
  const { id } = await call('profiles_create', { name: 'Anna' });
  const expires = Math.floor(Date.now() / 1000) + 1000;
  const cookie = (name: string) => ({ cookies: [{ name, value: 'v', domain: 'shop.test', expires }] });
  const namesOf = async () => (await call('profiles_cookies_get', { id })).cookies.map(({ name }) => name);
  await call('profiles_cookies_set', { id, ...cookie('then') });
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: `/profiles?peek=${id}` });
  await panel.user.click(await screen.findByRole('tab', { name: 'Snapshots' }));
  await panel.user.click(await screen.findByRole('button', { name: 'Take snapshot' }));
  await screen.findByText('Taken manually', {}, { timeout: 20_000 });
  await call('profiles_cookies_set', { id, mode: 'replace', ...cookie('now') });
  await press(panel, 'Compare cookies');
  const diff = await screen.findByRole('list', { name: '2 cookies differ' }, { timeout: 20_000 });
  expect(diff.textContent).toBe('shop.test thenonly thenshop.test nowonly now');
  await press(panel, 'Restore');
  await panel.user.click(await screen.findByRole('button', { name: 'Undo' }, { timeout: 20_000 }));
  await waitFor(async () => expect(await namesOf()).toEqual(['now']), { timeout: 20_000, interval: 500 });
}, 90_000);

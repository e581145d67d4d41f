/** The Cookies tab of a profile, against a real host and a real browser. */
import { screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProfileId } from '../../../src/contract/kernel/scalars.ts';
import { ProfilesScreen } from '../../../src/renderer/features/profiles/profiles-screen.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel, type TestPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
const expires = Math.floor(Date.now() / 1000) + 86_400;
const cookie = (name: string, domain: string) => ({ name, value: `secret-${name}`, domain, expires });

async function openTab(panel: TestPanel): Promise<void> {
  await panel.user.click(await screen.findByRole('tab', { name: 'Cookies' }));
}
const press = (panel: TestPanel, name: string | RegExp) => panel.user.click(screen.getByRole('button', { name }));
const table = () => screen.findByRole('region', { name: 'Cookies' });
const namesOf = async (id: ProfileId) => (await call('profiles_cookies_get', { id })).cookies.map(({ name }) => name);

// Catches cookies that are read without being asked for, values in plain sight, and a delete without a way back.
test('cookies are shown when asked for, values covered; those of one domain are deleted, and come back', async () => {
  const { id } = await call('profiles_create', { name: 'Anna' });
  await call('profiles_cookies_set', { id, cookies: [cookie('sid', 'shop.test'), cookie('pref', '.other.test')] });
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: `/profiles?peek=${id}` });
  await openTab(panel);
  expect(screen.getByText(/Cookies are logins/)).toBeTruthy();
  await press(panel, 'Show cookies');
  await screen.findByText('2', {}, { timeout: 20_000 });
  expect((await table()).textContent).not.toContain('secret-');
  expect(screen.getByRole('button', { name: 'Delete cookies' }).getAttribute('aria-disabled')).toBe('true');
  await panel.user.type(screen.getAllByRole('searchbox').at(-1) ?? document.body, 'shop');
  await panel.user.click(await screen.findByRole('button', { name: 'Delete the cookies of shop.test' }));
  await panel.user.click(await screen.findByRole('button', { name: 'Undo' }, { timeout: 20_000 }));
  await waitFor(async () => expect(await namesOf(id)).toEqual(['pref', 'sid']), { timeout: 20_000 });
}, 90_000);

// Catches an import that says "done" of cookies that were not taken.
test('an import says which lines were not taken, and the list shows the others', async () => {
  const { id } = await call('profiles_create', { name: 'Bea' });
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: `/profiles?peek=${id}` });
  await openTab(panel);
  await press(panel, 'Import');
  const dialog = within(await screen.findByRole('dialog', { name: /Import cookies/ }));
  const lines = [`shop.test\tFALSE\t/\tFALSE\t${expires}\tsid\tsecret`, 'shop.test FALSE /'];
  await panel.user.click(dialog.getByRole('textbox', { name: 'Cookies' }));
  await panel.user.paste(lines.join('\n'));
  await panel.user.click(dialog.getByRole('button', { name: 'Import' }));
  expect((await dialog.findByRole('alert', {}, { timeout: 20_000 })).textContent).toBe('1 imported, 1 not:');
  expect(dialog.getByRole('list', { name: 'Not imported' }).textContent).toContain('2: has 1 of the 7 fields');
  await panel.user.click(dialog.getByRole('button', { name: 'Done' }));
  await waitFor(() => expect(screen.getByRole('button', { name: 'Reload' })).toBeTruthy(), { timeout: 20_000 });
  expect(await namesOf(id)).toEqual(['sid']);
}, 90_000);

/** The list of profiles with its inspector, against a real host. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ProfilesScreen } from '../../../src/renderer/features/profiles/profiles-screen.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
const names = async () => (await call('profiles_list', { sort: 'name' })).items.map(({ name }) => name);
beforeEach(async () => {
  const { items } = await call('profiles_list', {});
  if (items.length > 0) await call('profiles_bulk', { ids: items.map(({ id }) => id), action: 'delete' });
});
const press = (key: string) => fireEvent.keyDown(document.body, { key });
const row = (name: RegExp) => screen.findByRole('row', { name });
const inspector = async () => within(await screen.findByRole('complementary', { name: 'Profile' }));

// Catches an empty list that offers to clear filters, and filters without a match that say that there is nothing at all.
test('no profiles and no match are told apart', async () => {
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: '/profiles' });
  await screen.findByText('No profiles yet');
  await panel.user.click(screen.getByRole('button', { name: 'Crashed' }));
  await screen.findByText('No profiles match these filters');
  expect(panel.address()).toContain('state=crashed');
  await panel.user.click(screen.getByRole('button', { name: 'Clear filters' }));
  await screen.findByText('No profiles yet');
  expect(panel.address()).toBe('/profiles');
});

// Catches a list that has to be loaded again by hand, and a row that keeps its old name.
test('profiles made, renamed and deleted elsewhere come and go by themselves', async () => {
  await using _panel = await renderPanel(subject, <ProfilesScreen />, { at: '/profiles' });
  await screen.findByText('No profiles yet');
  const { id } = await call('profiles_create', { name: 'Zürich', tags: ['ch'] });
  expect((await row(/Zürich/)).textContent).toContain('ch');
  await call('profiles_update', { id, name: 'Genève' });
  await row(/Genève/);
  await call('profiles_delete', { id });
  await screen.findByText('No profiles yet');
});

// Catches a filter that is applied to the loaded rows only, and one that the address forgets.
test('the filters are those of the address, and the host applies them', async () => {
  for (const name of ['Alpha', 'Beta', 'Alphabet']) await call('profiles_create', { name, tags: [name.toLowerCase()] });
  await using panel = await renderPanel(subject, <ProfilesScreen />, {
    at: '/profiles?q=alpha&state=stopped,nonsense&sort=-name',
  });
  await row(/Alphabet/);
  const shown = () =>
    screen
      .getAllByRole('row')
      .slice(1)
      .map((each) => /Alphabet|Alpha|Beta/.exec(each.textContent)?.[0]);
  expect(shown()).toEqual(['Alphabet', 'Alpha']);
  expect(screen.getByRole('button', { name: 'Stopped' }).getAttribute('aria-pressed')).toBe('true');
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'bet' } });
  await waitFor(() => expect(shown()).toEqual(['Beta', 'Alphabet']));
  expect(panel.address()).toContain('q=bet');
});

// Catches keys that act on another profile than the one in the inspector, or on none without saying so.
test('keys act on the profile in the inspector', async () => {
  const { id } = await call('profiles_create', { name: 'Shown' });
  await call('profiles_create', { name: 'Other' });
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: '/profiles' });
  await row(/Shown/);
  press('Delete');
  expect(await names()).toEqual(['Other', 'Shown']);
  await panel.user.click((await row(/Shown/)).querySelectorAll('td')[2] ?? document.body);
  await (await inspector()).findByText(id);
  press('e');
  const form = within(await screen.findByRole('dialog', { name: 'Edit profile' }));
  expect((await form.findByRole<HTMLInputElement>('textbox', { name: 'Name' })).value).toBe('Shown');
  await panel.user.click(form.getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  press('Escape');
  await waitFor(() => expect(screen.queryByRole('complementary', { name: 'Profile' })).toBeNull());
  expect(panel.address()).toBe('/profiles');
});

// Catches a deletion that cannot be taken back, or an inspector that stays open on a profile that is gone.
test('a deleted profile is offered again and comes back with its id', async () => {
  const { id } = await call('profiles_create', { name: 'Precious' });
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: `/profiles?peek=${id}` });
  await (await inspector()).findByText(id);
  await row(/Precious/);
  press('Delete');
  await screen.findByText('“Precious” deleted');
  await waitFor(() => expect(screen.queryByRole('complementary', { name: 'Profile' })).toBeNull());
  expect(await names()).toEqual([]);
  await panel.user.click(screen.getByRole('button', { name: 'Undo' }));
  await row(/Precious/);
  expect((await call('profiles_get', { id })).name).toBe('Precious');
});

// Catches a selection that is acted on twice, or whose undo brings back one profile only.
test('several profiles are deleted and brought back together', async () => {
  for (const name of ['One', 'Two', 'Three']) await call('profiles_create', { name });
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: '/profiles' });
  for (const name of [/One/, /Two/]) await panel.user.click(within(await row(name)).getByRole('checkbox'));
  const bar = within(screen.getByRole('toolbar', { name: 'Selection' }));
  await panel.user.click(bar.getByRole('button', { name: 'Delete' }));
  await screen.findByText('2 profiles deleted');
  expect(await names()).toEqual(['Three']);
  expect(screen.queryByRole('toolbar', { name: 'Selection' })).toBeNull();
  await panel.user.click(screen.getByRole('button', { name: 'Undo' }));
  await waitFor(async () => expect(await names()).toEqual(['One', 'Three', 'Two']));
});

// Catches a lock of a copied folder that nothing in the panel can remove, and a browser that is started into it.
test('a profile that another computer holds can be unlocked, and not opened before', async () => {
  const { id } = await call('profiles_create', { name: 'Copied' });
  const dir = join(subject.dir, 'profiles', id);
  mkdirSync(dir, { recursive: true });
  symlinkSync('another-computer-4711', join(dir, 'SingletonLock'));
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: `/profiles?peek=${id}` });
  const peek = await inspector();
  await peek.findByText(/another-computer.*Close that\s+program/);
  expect(peek.queryByRole('button', { name: 'Open browser' })).toBeNull();
  await panel.user.click(peek.getByRole('button', { name: 'Unlock' }));
  await screen.findByText('“Copied” unlocked');
  expect(await peek.findByRole('button', { name: 'Open browser' })).toBeDefined();
});

// Catches a start that fails without a word, and a button that stays busy after it.
test('a browser that cannot be started says why, and can be tried again', async () => {
  const { id } = await call('profiles_create', { name: 'Broken', executable_path: '/nonexistent/browser' });
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: `/profiles?peek=${id}` });
  const open = await (await inspector()).findByRole('button', { name: 'Open browser' });
  await panel.user.click(open);
  expect((await screen.findByText('Could not start the browser of “Broken”')).parentElement?.textContent).toMatch(
    /\/nonexistent\/browser, was not found/,
  );
  await waitFor(() => expect(open.getAttribute('aria-disabled')).toBeNull());
  expect((await call('profiles_get', { id })).holder).toBeNull();
});

// Catches an inspector that shows a profile of before as if it were the one of the address.
test('an address with a profile that is gone says so', async () => {
  await using _panel = await renderPanel(subject, <ProfilesScreen />, {
    at: '/profiles?peek=prf_01arz3ndektsv4rrffq69g5fav',
  });
  expect((await (await inspector()).findByRole('alert')).textContent).toContain('There is no profile');
});

// Catches a filter by group that knows one value only, and a selection that can be started but not worked with.
test('profiles are filtered by their groups, and a command runs with each of those that are chosen', async () => {
  for (const [name, group] of [
    ['Berlin', 'Europe'],
    ['Lisbon', 'Europe'],
    ['Osaka', 'Asia'],
  ] as const)
    await call('profiles_create', { name, group });
  const { id } = await call('commands_create', { name: 'Visit', kind: 'process', spec: { argv: ['true'] } });
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: '/profiles' });
  await row(/Osaka/);
  await panel.user.click(screen.getByRole('button', { name: 'Filter by Group' }));
  await panel.user.click(await screen.findByRole('menuitemcheckbox', { name: 'Europe' }));
  await waitFor(() => expect(screen.queryByRole('row', { name: /Osaka/ })).toBeNull());
  await panel.user.click(screen.getByRole('checkbox', { name: 'Select all loaded rows' }));
  await panel.user.click(screen.getByRole('button', { name: 'Run a command' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Run a command' }));
  expect(dialog.getByText('One task with each of 2 profiles')).toBeTruthy();
  await panel.user.click(dialog.getByRole('combobox', { name: 'Command' }));
  await panel.user.click(await screen.findByRole('option', { name: 'Visit' }));
  await panel.user.click(dialog.getByRole('button', { name: 'Run' }));
  await waitFor(() => expect(panel.address()).toContain('/tasks?batch='));
  const { items } = await call('tasks_list', { command_id: id });
  expect(items.map(({ profile_name }) => profile_name).sort()).toEqual(['Berlin', 'Lisbon']);
});

/** The dialog that makes and changes profiles, against a real host. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useState } from 'react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProfileId } from '../../../src/contract/kernel/scalars.ts';
import { ProfileFormDialog } from '../../../src/renderer/features/profiles/profile-form.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
const named = async (name: string) => (await call('profiles_list', { q: name })).items.filter((it) => it.name === name);

/** The dialog as the screen holds it: `created` and `close` end it. */
function Dialog({ id, made }: { id: string; made?: (id: ProfileId) => void }) {
  const [open, setOpen] = useState<string | null>(id);
  return (
    <ProfileFormDialog
      id={open}
      close={() => setOpen(null)}
      created={(profile) => {
        made?.(profile);
        setOpen(null);
      }}
    />
  );
}
const dialog = async () => within(await screen.findByRole('dialog'));

// Catches a field that the form shows but does not send, and one whose emptiness is sent as text.
test('a new profile has what the form says, and nothing where the form is empty', async () => {
  const made: ProfileId[] = [];
  await using panel = await renderPanel(subject, <Dialog id="new" made={(id) => made.push(id)} />);
  const form = await dialog();
  await form.findByRole('textbox', { name: 'Name' });
  const fill = (name: string, value: string) =>
    fireEvent.change(form.getByRole('textbox', { name }), { target: { value } });
  fill('Name', '  Größe 東京 🗼 ');
  fill('Group', '   ');
  const tags = form.getByLabelText('Tags', { selector: 'input[type=text], input:not([type])' });
  await panel.user.type(tags, 'shop{Enter}eu{Enter}');
  fill('Viewport width', '1280');
  fill('Viewport height', '800');
  fill('Notes', 'one\ntwo');
  await panel.user.click(form.getByRole('switch', { name: 'Clear the cache when the browser stops' }));
  await panel.user.click(form.getByRole('button', { name: 'Create profile' }));
  await waitFor(() => expect(made).toHaveLength(1));
  const [id] = made;
  if (id === undefined) throw new Error('No profile was made');
  expect(await call('profiles_get', { id })).toMatchObject({
    name: 'Größe 東京 🗼',
    group: null,
    tags: ['shop', 'eu'],
    viewport: { width: 1280, height: 800 },
    window: null,
    locale: null,
    notes: 'one\ntwo',
    clear_cache_on_stop: true,
  });
});

// Catches an error that is shown somewhere, but not at the field that it is about, and a call that is made all the same.
test('a value that the contract does not allow is refused at its field, before anything is sent', async () => {
  await using panel = await renderPanel(subject, <Dialog id="new" />);
  const form = await dialog();
  await panel.user.type(await form.findByRole('textbox', { name: 'Name' }), 'Refused');
  await panel.user.type(form.getByLabelText('Extra launch arguments', { selector: 'input' }), '--no-sandbox{{Enter}');
  await panel.user.keyboard('{Enter}');
  await panel.user.type(form.getByRole('textbox', { name: 'Window height' }), '900');
  await panel.user.click(form.getByRole('button', { name: 'Create profile' }));
  const width = form.getByRole('textbox', { name: 'Window width' });
  await waitFor(() => expect(width.getAttribute('aria-invalid')).toBe('true'));
  expect(await form.findByText('Enter both width and height, or neither')).toBeDefined();
  expect(await named('Refused')).toEqual([]);
});

// Catches a default that is read before the host has answered, so that it is never used.
test('a new profile starts with the browser of the settings', async () => {
  await call('settings_update', { 'browser.default': 'brave' });
  await using _panel = await renderPanel(subject, <Dialog id="new" />);
  const form = await dialog();
  const browser = await form.findByRole<HTMLInputElement>('combobox', { name: 'Browser' });
  await waitFor(() => expect(browser.value).toMatch(/^brave/i));
  await call('settings_update', { 'browser.default': null });
});

// Catches a second press of the key, made before the host has answered, that makes a second profile.
test('the save key pressed twice makes one profile', async () => {
  const made: ProfileId[] = [];
  await using panel = await renderPanel(subject, <Dialog id="new" made={(id) => made.push(id)} />);
  const name = await (await dialog()).findByRole('textbox', { name: 'Name' });
  await panel.user.type(name, 'Once');
  fireEvent.keyDown(name, { key: 's', ctrlKey: true });
  fireEvent.keyDown(name, { key: 's', ctrlKey: true });
  await waitFor(() => expect(made).toHaveLength(1));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(await named('Once')).toHaveLength(1);
});

// Catches a form that takes the newest version of the profile but keeps its own old values: it would undo what others have changed.
test('what was changed elsewhere while the form was open is not overwritten', async () => {
  const { id } = await call('profiles_create', { name: 'Contested', notes: 'old' });
  await using panel = await renderPanel(subject, <Dialog id={id} />);
  const form = await dialog();
  const name = await form.findByRole('textbox', { name: 'Name' });
  await panel.user.type(name, ' here');
  await call('profiles_update', { id, notes: 'new, from elsewhere' });
  // The form's query has heard of the change when another one of the same client has.
  await waitFor(async () => expect((await panel.client.call('profiles_get', { id })).version).toBe(2));
  await panel.user.click(form.getByRole('button', { name: 'Save' }));
  await form.findByRole('alert');
  expect(await call('profiles_get', { id })).toMatchObject({ name: 'Contested', notes: 'new, from elsewhere' });
});

// Catches a cancelled form whose values are there again, or sent.
test('a cancelled change is forgotten', async () => {
  const { id } = await call('profiles_create', { name: 'Kept' });
  await using panel = await renderPanel(subject, <Dialog id={id} />);
  const form = await dialog();
  await panel.user.type(await form.findByRole('textbox', { name: 'Name' }), ' and changed');
  await panel.user.click(form.getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(await call('profiles_get', { id })).toMatchObject({ name: 'Kept', version: 1 });
});

// Catches a dialog that stays empty for ever when its profile has gone.
test('a profile that is gone is said to be gone', async () => {
  const { id } = await call('profiles_create', { name: 'Gone' });
  await call('profiles_delete', { id });
  await using _panel = await renderPanel(subject, <Dialog id={id} />);
  expect((await (await dialog()).findByRole('alert')).textContent).toContain('not_found');
});

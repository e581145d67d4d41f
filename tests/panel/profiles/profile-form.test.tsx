/** The dialog that makes and changes profiles, against a real host. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useState } from 'react';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ProfileId } from '../../../src/contract/kernel/scalars.ts';
import { ProfileFormDialog } from '../../../src/renderer/features/profiles/profile-form.tsx';
import { useDrafts } from '../../../src/renderer/lib/drafts/drafts.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());
beforeEach(() => {
  localStorage.clear();
  useDrafts.setState({ entries: {} });
});

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
test('what was changed elsewhere while the form was open is taken in, and what was typed stays', async () => {
  const { id } = await call('profiles_create', { name: 'Contested', notes: 'old' });
  await using panel = await renderPanel(subject, <Dialog id={id} />);
  const form = await dialog();
  const name = await form.findByRole('textbox', { name: 'Name' });
  await panel.user.type(name, ' here');
  await call('profiles_update', { id, notes: 'new, from elsewhere' });
  await waitFor(() => expect(form.getByRole<HTMLTextAreaElement>('textbox', { name: 'Notes' }).value).toMatch(/^new/));
  await panel.user.click(form.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(await call('profiles_get', { id })).toMatchObject({ name: 'Contested here', notes: 'new, from elsewhere' });
});

// Catches two edits of the same field of which one is lost unseen.
test('a field that somebody else has changed too is named, and a person decides', async () => {
  const { id } = await call('profiles_create', { name: 'Twice', notes: 'old' });
  await using panel = await renderPanel(subject, <Dialog id={id} />);
  const form = await dialog();
  await panel.user.type(await form.findByRole('textbox', { name: 'Notes' }), ', mine');
  await call('profiles_update', { id, notes: 'theirs' });
  expect((await form.findByRole('alert')).textContent).toContain('Also changed elsewhere: Notes');
  expect(form.getByRole('button', { name: 'Save' }).title).toBe('Resolve the conflict first');
  await panel.user.click(form.getByRole('button', { name: 'Keep mine' }));
  await panel.user.click(form.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(await call('profiles_get', { id })).toMatchObject({ notes: 'old, mine', version: 3 });
});

// Catches text that is gone with a click beside the dialog.
test('what was typed is there again when the form was closed without a decision, and goes when it is discarded', async () => {
  for (const how of ['Escape', 'reload'] as const) {
    const panel = await renderPanel(subject, <Dialog id="new" />);
    await panel.user.type(await (await dialog()).findByRole('textbox', { name: 'Name' }), `Half done ${how}`);
    // Not even Enter was pressed after the last tag.
    await panel.user.type((await dialog()).getByLabelText('Tags', { selector: 'input' }), 'half');
    if (how === 'Escape') {
      // The first one closes the list of suggestions.
      await panel.user.keyboard('{Escape}{Escape}');
      await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    }
    await panel[Symbol.asyncDispose]();
    await using again = await renderPanel(subject, <Dialog id="new" />);
    const form = await dialog();
    const name = await form.findByRole<HTMLInputElement>('textbox', { name: 'Name' });
    expect(name.value).toBe(`Half done ${how}`);
    expect(form.getByText('half')).toBeDefined();
    await again.user.click(form.getByRole('button', { name: 'Discard' }));
    expect(name.value).toBe('');
    expect(Object.keys(localStorage).filter((item) => item.includes('profile:new'))).toEqual([]);
  }
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
  expect((await (await dialog()).findByRole('alert')).textContent).toContain('There is no profile');
});

/** The composer of a command, against a real host. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import type { CommandId } from '../../../src/contract/kernel/scalars.ts';
import { CommandsScreen } from '../../../src/renderer/features/commands/commands-screen.tsx';
import { useDrafts } from '../../../src/renderer/lib/drafts/drafts.ts';
import { renderPanel } from '../../support/panel.tsx';
import { button, create, openComposer, retype, showSide, stored, subject } from './composer.harness.tsx';

const tasksOf = async (id: CommandId) => (await subject.host.client.call('tasks_list', { command_id: id })).items;

describe('saving', () => {
  // Catches a draft that is a copy of the whole command: saving one member would silently undo what others changed meanwhile.
  test('a change made elsewhere to another member is seen while editing, and survives the save', async () => {
    const { id } = await create('Edited twice', { timeout_seconds: 60 });
    const { panel, field } = await openComposer(id, 'Edited twice');
    await using _ = panel;
    await retype(panel, field, 'Edited here');
    await subject.host.client.call('commands_update', { id, timeout_seconds: 90, tags: ['elsewhere'] });
    await showSide(panel);
    const timeout = screen.getByLabelText<HTMLInputElement>('Timeout (s)');
    await waitFor(() => expect(timeout.value).toBe('90'));
    expect(field.value).toBe('Edited here');
    await panel.user.keyboard('{Control>}s{/Control}');
    await screen.findByText('Saved');
    expect(await stored(id)).toMatchObject({ name: 'Edited here', timeout_seconds: 90, tags: ['elsewhere'] });
  });

  // Catches a second press of the key that makes a second command, because the first one is not answered yet.
  test('a new command that is saved twice at once is one command', async () => {
    await using panel = await renderPanel(subject, <CommandsScreen />, { at: '/commands' });
    await panel.user.click(await screen.findByRole('button', { name: 'New' }));
    await panel.user.click(await screen.findByRole('menuitem', { name: /Run a program/ }));
    const field = await screen.findByLabelText('Command name');
    await retype(panel, field, 'Made once');
    // Both before any answer can be there.
    for (let press = 0; press < 2; press += 1) fireEvent.keyDown(document.body, { key: 's', ctrlKey: true });
    await waitFor(() => expect(panel.address()).toMatch(/^\/commands\/cmd_/));
    const made = await subject.host.client.call('commands_list', { q: 'Made once' });
    expect(made.items).toHaveLength(1);
    expect(useDrafts.getState().entries).toEqual({});
  });

  // Catches a sealed default that is replaced by its own mask when another member is saved.
  test('a secret default outlives the save of another member', async () => {
    const { id } = await create('With a secret', {
      input_schema: { type: 'object', properties: { token: { type: 'string', format: 'password', title: 'Token' } } },
      spec: { argv: ['cat'], stdin: '{{input.token}}' },
      defaults: { token: 'c0rrect-horse' },
    });
    const before = await subject.host.client.call('commands_dry_run', { id });
    const { panel } = await openComposer(id, 'With a secret');
    await using _ = panel;
    await showSide(panel);
    await panel.user.click(screen.getByLabelText('Requires a profile'));
    await panel.user.click(button('Save'));
    await screen.findByText('Saved');
    expect(await stored(id)).toMatchObject({ version: 2, uses: { profile: true } });
    const after = await subject.host.client.call('commands_dry_run', { id });
    expect({ missing: after.missing, resolved: after.resolved }).toEqual({
      missing: before.missing,
      resolved: before.resolved,
    });
  });

  // Catches an error of the host without its field, and a draft that is dropped although nothing was stored.
  test('what the host refuses is shown at its field, and stays in the editor', async () => {
    const { id } = await create('Refused');
    const { panel } = await openComposer(id, 'Refused');
    await using _ = panel;
    await showSide(panel);
    const folder = screen.getByLabelText('Folder', { selector: 'input' });
    await panel.user.click(folder);
    await panel.user.paste('f'.repeat(101));
    await panel.user.click(button('Save'));
    expect(await screen.findByRole('alert')).toBeTruthy();
    await waitFor(() => expect(folder.getAttribute('aria-invalid')).toBe('true'));
    expect(screen.getByText('Unsaved changes')).toBeTruthy();
    expect((await stored(id)).version).toBe(1);
    await retype(panel, folder, 'Fits');
    await panel.user.click(button('Save'));
    await screen.findByText('Saved');
    expect(await stored(id)).toMatchObject({ folder: 'Fits', version: 2 });
  });

  // Catches a Save that is offered when it would store the same again, or to somebody without the key for it.
  test('without a change there is nothing to save, and a change taken back is none', async () => {
    const { id } = await create('As it was');
    const { panel, field } = await openComposer(id, 'As it was');
    await using _ = panel;
    expect(button('Save').title).toBe('No changes to save');
    await panel.user.type(field, '!');
    expect(button('Save').getAttribute('aria-disabled')).toBeNull();
    await panel.user.type(field, '{Backspace}');
    expect(button('Save').title).toBe('No changes to save');
    await panel.user.keyboard('{Control>}s{/Control}');
    expect((await stored(id)).version).toBe(1);
  });
});

describe('running', () => {
  // Catches a second press of the key that starts a second task, which cannot be taken back.
  test('Mod+Enter pressed twice runs once, with what was changed and typed', async () => {
    const { id } = await create('Run once');
    const { panel } = await openComposer(id, 'Run once');
    await using _ = panel;
    await panel.user.type(screen.getByLabelText('Who'), 'Ada');
    await showSide(panel);
    await retype(panel, screen.getByLabelText('Concurrency key'), 'alone');
    await panel.user.keyboard('{Control>}{Enter}{Enter}{/Control}');
    await waitFor(() => expect(panel.address()).toMatch(/^\/tasks\/tsk_/));
    const tasks = await tasksOf(id);
    expect(tasks).toHaveLength(1);
    expect(tasks[0]).toMatchObject({ command_version: 2, input: { who: 'Ada' } });
  });

  // Catches a task of a command that was switched off, and a reason that nobody can read.
  test('a command that is switched off is not run, by button or key, and says why', async () => {
    const { id } = await create('Off', { enabled: false });
    const { panel } = await openComposer(id, 'Off');
    await using _ = panel;
    expect(button('Run').title).toBe('The command is disabled');
    await panel.user.keyboard('{Control>}{Enter}{/Control}');
    await showSide(panel);
    await panel.user.click(screen.getByLabelText('Enabled'));
    expect(button('Run').title).toMatch(/^Save and run/);
    expect(await tasksOf(id)).toEqual([]);
  });

  // Catches a last run that is that of another command with the same name, or that stands still.
  test('the last run is that of this command, and appears when it is made', async () => {
    const [first, second] = [await create('Namesake'), await create('Namesake')];
    const other = await subject.host.client.call('tasks_create', { command_id: first.id });
    const { panel } = await openComposer(second.id, 'Namesake');
    await using _ = panel;
    const settings = screen.getByRole('complementary', { name: 'Run settings' });
    await within(settings).findByLabelText('Who');
    expect(within(settings).queryByText('Last run')).toBeNull();
    const own = await subject.host.client.call('tasks_create', { command_id: second.id });
    const link = await within(settings).findByRole('link', { name: 'Queued' });
    expect(link.getAttribute('href')).toBe('id' in own ? `/tasks/${own.id}` : '');
    if ('id' in own) await subject.host.client.call('tasks_cancel', { id: own.id });
    expect(await within(settings).findByRole('link', { name: 'Cancelled' })).toBeTruthy();
    if ('id' in other) await subject.host.client.call('tasks_cancel', { id: other.id });
  });
});

describe('a dry run', () => {
  // Catches a check that hides which value is missing, or shows an error far from its field.
  test('says what has no value, and shows an error at its field', async () => {
    const { id } = await create('Checked', {
      spec: { argv: ['printf', '{{input.who}}', '{{input.nobody}}'] },
      input_schema: {
        type: 'object',
        properties: {
          who: { type: 'string', title: 'Who', minLength: 4 },
          nobody: { type: 'string', title: 'Nobody' },
        },
      },
    });
    const { panel } = await openComposer(id, 'Checked');
    await using _ = panel;
    await panel.user.type(screen.getByLabelText('Who'), 'Ada');
    await panel.user.keyboard('{Control>}{Shift>}{Enter}{/Shift}{/Control}');
    expect(await screen.findByText('Cannot run')).toBeTruthy();
    await waitFor(() => expect(screen.getByLabelText('Who').getAttribute('aria-invalid')).toBe('true'));
    await retype(panel, screen.getByLabelText('Who'), 'Grace');
    await panel.user.type(screen.getByLabelText('Nobody'), 'there');
    await panel.user.click(screen.getByRole('button', { name: 'Dry run' }));
    expect(await screen.findByText('Ready to run')).toBeTruthy();
    expect(screen.getByRole('tabpanel', { name: /^Dry run/ }).textContent).toContain('"Grace"');
    expect(await tasksOf(id)).toEqual([]);
  });
});

describe('the command as a whole', () => {
  // Catches an Undo that brings back the stored command instead of what was typed.
  test('discarded changes come back with Undo', async () => {
    const { id } = await create('Kept');
    const { panel, field } = await openComposer(id, 'Kept');
    await using _ = panel;
    await retype(panel, field, 'Thrown away');
    await panel.user.click(button('Discard changes'));
    await waitFor(() => expect(field.value).toBe('Kept'));
    await panel.user.click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>('Command name').value).toBe('Thrown away'));
    expect((await stored(id)).name).toBe('Kept');
  });

  // Catches a copy that cannot be told from its original because the name was cut at the limit.
  test('a copy has a name of its own, however long the name was, and is not stored yet', async () => {
    const name = 'n'.repeat(100);
    const { id } = await create(name, { tags: ['kept'] });
    const { panel } = await openComposer(id, name);
    await using _ = panel;
    await panel.user.click(button('Duplicate'));
    expect(await screen.findByText('Not saved yet')).toBeTruthy();
    const copy = screen.getByLabelText<HTMLInputElement>('Command name').value;
    expect(copy).not.toBe(name);
    expect(copy.length).toBeLessThanOrEqual(100);
    const [draft] = Object.values(useDrafts.getState().entries);
    expect(draft?.edits).toMatchObject({ tags: ['kept'], kind: 'process' });
  });

  // Catches a command that is gone for good, and a draft of it that waits for somebody to make it again.
  test('a deleted command comes back with Undo', async () => {
    const { id } = await create('Deleted');
    const { panel } = await openComposer(id, 'Deleted');
    await using _ = panel;
    await panel.user.click(button('Delete'));
    await waitFor(() => expect(panel.address()).toBe('/commands'));
    await expect(stored(id)).rejects.toThrow();
    await panel.user.click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(panel.address()).toBe(`/commands/${id}`));
    expect((await stored(id)).name).toBe('Deleted');
  });

  // Catches a version that is stored the moment somebody looks at it, or loads only a part of what it was.
  test('an earlier version is loaded into the editor, and stored as a new one by saving', async () => {
    const { id } = await create('First name', { timeout_seconds: 11 });
    await subject.host.client.call('commands_update', { id, name: 'Second name', timeout_seconds: 22 });
    const { panel, field } = await openComposer(id, 'Second name');
    await using _ = panel;
    await panel.user.click(screen.getByRole('tab', { name: /Versions/ }));
    const first = await screen.findByRole('region', { name: 'Version 1' });
    await panel.user.click(within(first).getByRole('button', { name: 'Load into editor' }));
    await waitFor(() => expect(field.value).toBe('First name'));
    await showSide(panel);
    expect(screen.getByLabelText<HTMLInputElement>('Timeout (s)').value).toBe('11');
    expect((await stored(id)).version).toBe(2);
    await panel.user.click(button('Save'));
    await screen.findByText('Saved');
    expect(await stored(id)).toMatchObject({ version: 3, name: 'First name', timeout_seconds: 11 });
  });

  // Catches a restore that changes history, takes over a part only, or runs over what is typed and not saved.
  test('an earlier version is restored as a new one, but not over unsaved changes', async () => {
    const { id } = await create('Restored', { timeout_seconds: 11 });
    await subject.host.client.call('commands_update', { id, name: 'Renamed', timeout_seconds: 22 });
    const { panel, field } = await openComposer(id, 'Renamed');
    await using _ = panel;
    await panel.user.click(screen.getByRole('tab', { name: /Versions/ }));
    const second = within(await screen.findByRole('region', { name: 'Version 2' }));
    await panel.user.click(second.getByRole('button', { name: 'Show changes' }));
    expect(second.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
      'Name: “Restored” → “Renamed”',
      'Timeout (s): 11 → 22',
    ]);
    const restore = within(screen.getByRole('region', { name: 'Version 1' })).getByRole('button', { name: 'Restore' });
    await panel.user.type(field, '!');
    await waitFor(() => expect(restore.title).toBe('Save or discard your changes first'));
    await panel.user.click(button('Discard changes'));
    await waitFor(() => expect(restore.title).toBe(''));
    await panel.user.click(restore);
    await screen.findByText('Version 1 restored as version 3');
    expect(await stored(id)).toMatchObject({ version: 3, name: 'Restored', timeout_seconds: 11 });
    const third = await screen.findByRole('region', { name: 'Version 3' });
    await within(third).findByText(/^Restored from version 1: /);
  });
});

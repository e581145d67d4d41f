/** What is typed into the composer of a command is neither lost nor seen elsewhere. */
import { screen, waitFor } from '@testing-library/react';
import { describe, expect, test, vi } from 'vitest';
import { CommandsScreen } from '../../../src/renderer/features/commands/commands-screen.tsx';
import { type DraftEntry, NO_DRAFT, useDrafts } from '../../../src/renderer/lib/drafts/drafts.ts';
import { renderPanel } from '../../support/panel.tsx';
import { button, create, openComposer, retype, SCHEMA, showSide, stored, subject } from './composer.harness.tsx';

const keep = (key: string, entry: DraftEntry) => useDrafts.getState().put(key, entry, entry);

describe('what is typed', () => {
  // Catches an editor that is a page's own: after a reload the hour before is gone.
  test('is there after a reload, without the secrets among it', async () => {
    const { id } = await create('Reloaded', {
      input_schema: {
        type: 'object',
        properties: {
          who: { type: 'string', title: 'Who' },
          pin: { type: 'string', format: 'password', title: 'Pin' },
        },
      },
    });
    {
      const { panel, field } = await openComposer(id, 'Reloaded');
      await using _ = panel;
      await panel.user.type(field, ' twice');
      await panel.user.type(screen.getByLabelText('Who'), 'Ada');
      await panel.user.type(screen.getByLabelText('Pin'), 'hunter2');
    }
    expect(JSON.stringify({ ...localStorage })).toContain('Ada');
    expect(JSON.stringify({ ...localStorage })).not.toContain('hunter2');
    // A fresh page has the module anew, which reads what the one before left.
    vi.resetModules();
    const fresh = await import('../../../src/renderer/lib/drafts/drafts.ts');
    expect(fresh.useDrafts.getState().entries[id]).toMatchObject({
      edits: { name: 'Reloaded twice' },
      input: { who: 'Ada' },
    });
  });

  // Catches a secret typed for one new command that is in the form of the next one, and readable there.
  test('for one new command is not in the next', async () => {
    await using panel = await renderPanel(subject, <CommandsScreen />, { at: '/commands' });
    const begin = async () => {
      await panel.user.click(await screen.findByRole('button', { name: 'New' }));
      await panel.user.click(await screen.findByRole('menuitem', { name: /Run a program/ }));
    };
    await begin();
    const [first] = Object.keys(useDrafts.getState().entries);
    keep(first ?? '', {
      ...NO_DRAFT,
      edits: { ...useDrafts.getState().entries[first ?? '']?.edits, input_schema: SCHEMA },
      input: { who: 'hunter2' },
    });
    await begin();
    expect(await screen.findAllByLabelText('Not saved yet')).toHaveLength(2);
    expect(document.body.innerHTML).not.toContain('hunter2');
    expect(screen.queryByDisplayValue('hunter2')).toBeNull();
  });

  // Catches a Delete whose Undo brings back the command without the hour of work that was not saved.
  test('and not saved is back with the command when its deletion is undone', async () => {
    const { id } = await create('Deleted by mistake');
    const { panel, field } = await openComposer(id, 'Deleted by mistake');
    await using _ = panel;
    await panel.user.type(field, ', edited');
    await panel.user.click(button('Delete'));
    await screen.findByText('“Deleted by mistake” deleted');
    expect(useDrafts.getState().entries[id]).toBeUndefined();
    await panel.user.click(button('Undo'));
    expect(await screen.findByDisplayValue('Deleted by mistake, edited')).toBeTruthy();
    expect(JSON.stringify({ ...localStorage })).toContain('by mistake, edited');
    expect(await stored(id)).toMatchObject({ name: 'Deleted by mistake' });
  });

  // Catches an earlier version that is put in place of what was typed, which is then gone.
  test('is offered back when an earlier version was loaded over it', async () => {
    const { id } = await create('Two versions');
    await subject.host.client.call('commands_update', { id, description: 'second' });
    const { panel, field } = await openComposer(id, 'Two versions');
    await using _ = panel;
    await panel.user.type(field, ', edited');
    await panel.user.click(screen.getByRole('tab', { name: /^Versions/ }));
    await panel.user.click(await screen.findByRole('button', { name: /Load version 1|Load into the editor|Load/ }));
    await waitFor(() => expect(field.value).toBe('Two versions'));
    await panel.user.click(button('Undo'));
    await waitFor(() => expect(field.value).toBe('Two versions, edited'));
  });

  // Catches a save that overwrites what somebody else saved meanwhile, or an edit that is lost to it.
  test('against another person’s save is a conflict that is settled by hand', async () => {
    const { id } = await create('Contested', { description: 'as it was' });
    const { panel } = await openComposer(id, 'Contested');
    await using _ = panel;
    await showSide(panel);
    const description = screen.getByLabelText<HTMLTextAreaElement>('Description');
    await retype(panel, description, 'mine');
    await subject.host.client.call('commands_update', { id, description: 'theirs', tags: ['theirs'] });
    await screen.findByText(/Version 2 was saved elsewhere/);
    expect(description.value).toBe('mine');
    expect(button('Save').title).toBe('Resolve the conflict first');
    await panel.user.click(button('Compare and merge'));
    await panel.user.click(await screen.findByRole('button', { name: 'Take theirs' }));
    await panel.user.click(button('Use the merged version'));
    await waitFor(() => expect(description.value).toBe('theirs'));
    expect(button('Save').title).toBe('No changes to save');
    expect(await stored(id)).toMatchObject({ version: 2, description: 'theirs', tags: ['theirs'] });
  });

  // Catches JSON that is dropped because it does not parse, and the version before it saved in its place.
  test('as JSON that does not parse blocks Save and stays', async () => {
    const { id } = await create('Half a text');
    const { panel } = await openComposer(id, 'Half a text');
    await using _ = panel;
    await showSide(panel);
    await panel.user.type(screen.getByLabelText('Description'), 'changed');
    keep(id, { ...(useDrafts.getState().entries[id] ?? NO_DRAFT), texts: { spec: '{"argv": [' } });
    await waitFor(() => expect(button('Save').title).toBe('Correct the JSON first'));
    await panel.user.keyboard('{Control>}s{/Control}');
    expect((await stored(id)).version).toBe(1);
    await panel.user.click(button('JSON'));
    expect(await screen.findByText(/Not a valid JSON object/)).toBeTruthy();
  });

  // Catches a first run whose error is lost, because saving moves it to another address.
  test('of a new command is saved at an address of its own when its first run is refused, with the reason at its field', async () => {
    await using panel = await renderPanel(subject, <CommandsScreen />, { at: '/commands' });
    await panel.user.click(await screen.findByRole('button', { name: 'New' }));
    await panel.user.click(await screen.findByRole('menuitem', { name: /Run a program/ }));
    const [key] = Object.keys(useDrafts.getState().entries);
    const entry = useDrafts.getState().entries[key ?? ''] ?? NO_DRAFT;
    const edits = { ...entry.edits, input_schema: { ...SCHEMA, required: ['who'] }, defaults: {} };
    keep(key ?? '', { ...entry, edits });
    await panel.user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(panel.address()).toMatch(/^\/commands\/cmd_/));
    await waitFor(() => expect(screen.getByLabelText(/^Who/).getAttribute('aria-invalid')).toBe('true'));
    expect(Object.keys(useDrafts.getState().entries).filter((name) => name.startsWith('new-'))).toEqual([]);
  });
});

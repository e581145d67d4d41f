/** The library of commands, against a real host. */
import { screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { COMMAND_KINDS, commandKinds } from '../../../src/contract/automation/kinds/index.ts';
import type { CommandId } from '../../../src/contract/kernel/scalars.ts';
import { CommandsScreen } from '../../../src/renderer/features/commands/commands-screen.tsx';
import { keepDraft } from '../../../src/renderer/features/commands/draft-storage.ts';
import { kindViews } from '../../../src/renderer/features/commands/kinds/index.ts';
import { NO_DRAFT, useDrafts } from '../../../src/renderer/lib/drafts/drafts.ts';
import { useView } from '../../../src/renderer/lib/view-store.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

/** More than one page of the list. */
const MANY = 130;

let subject: TestHost;
const ids: Record<string, CommandId> = {};
beforeAll(async () => {
  subject = await createTestHost();
  const make = async (name: string, more: { folder?: string; tags?: string[]; enabled?: boolean } = {}) => {
    const common = { kind: 'process' as const, spec: { argv: ['true'] }, input_schema: { properties: { a: {} } } };
    ids[name] = (await subject.host.client.call('commands_create', { name, ...common, ...more })).id;
  };
  // The oldest: on the last page of every list that begins with the newest.
  await make('Zebra', { folder: 'Zoo', tags: ['rare'] });
  await make('Apple', { folder: 'Fruit', tags: ['red', 'daily'] });
  await make('Beet', { tags: ['red'] });
  await make('Cherry', { folder: 'Fruit', tags: ['red'], enabled: false });
  for (let made = 0; made < MANY; made += 1) await make(`Filler ${String(made).padStart(3, '0')}`, { folder: 'Many' });
});
afterAll(() => subject[Symbol.asyncDispose]());
beforeEach(() => {
  localStorage.clear();
  useDrafts.setState({ entries: {} });
  useView.setState({ recent: [] });
});

const library = () => within(screen.getByRole('navigation', { name: 'Commands' }));
const names = () =>
  library()
    .getAllByRole('link')
    .map((link) => link.textContent);
/** Waits until a command of this name is listed. */
const seen = (name: string) => screen.findByRole('link', { name: new RegExp(name) });
const open = (at: string) => renderPanel(subject, <CommandsScreen />, { at });

// Catches commands without a folder that hide between the folders, and a heading over the only group.
test('folders are in order, commands without one come last', async () => {
  await using _ = await open('/commands?tag=red');
  await seen('Beet');
  expect(
    library()
      .getAllByRole('heading')
      .map((heading) => heading.textContent),
  ).toEqual(['Fruit', 'No folder']);
  expect(names()).toEqual(['Apple', 'Cherry', 'Beet']);
});

// Catches tags that mean something else than the filter of the host, and a chip that cannot be taken back.
test('tags filter together, stay in the address, and are taken back one by one', async () => {
  await using panel = await open('/commands?tag=daily');
  await seen('Apple');
  expect(names()).toEqual(['Apple']);
  await panel.user.click(screen.getByRole('button', { name: 'red', pressed: false }));
  await waitFor(() => expect(names()).toContain('Beet'));
  expect(panel.address()).toContain('tag=daily,red');
  await panel.user.click(screen.getByRole('button', { name: 'daily', pressed: true }));
  await panel.user.click(screen.getByRole('button', { name: 'red', pressed: true }));
  await waitFor(() => expect(panel.address()).not.toContain('tag'));
});

// Catches a filter that matches nothing and cannot be left, or that is told as “No commands yet”.
test('a filter that matches nothing says so and can be cleared', async () => {
  await using panel = await open('/commands?q=nothing-like-it');
  await panel.user.click(await screen.findByRole('button', { name: 'Clear filters' }));
  expect(await seen('Apple')).toBeTruthy();
  expect(panel.address()).toBe('/commands');
});

// Catches a list that ends with its first page.
test('what is beyond the first page is loaded when asked for', async () => {
  await using panel = await open('/commands?q=Filler');
  await seen('Filler 000');
  expect(names()).toHaveLength(100);
  await panel.user.click(library().getByRole('button', { name: 'Show more' }));
  expect(await seen('Filler 129')).toBeTruthy();
  expect(library().queryByRole('button', { name: 'Show more' })).toBeNull();
});

// Catches suggestions that know only the first commands of a large library.
test('the folder field suggests folders of every page, once it is used', async () => {
  await using panel = await open(`/commands/${ids.Apple}`);
  await panel.user.click(await screen.findByRole('tab', { name: 'Settings' }));
  const folder = await screen.findByLabelText('Folder', { selector: 'input' });
  await panel.user.clear(folder);
  await panel.user.type(folder, 'Zo');
  await panel.user.click(await screen.findByRole('option', { name: 'Zoo' }));
  expect(useDrafts.getState().entries[ids.Apple ?? '']?.edits).toEqual({ folder: 'Zoo' });
});

// Catches a key that goes by name where the screen goes by folder, or goes on past its end.
test('J and K go through the list as it is shown, and the filter stays', async () => {
  await using panel = await open(`/commands/${ids.Apple}?tag=red`);
  await seen('Beet');
  expect(names()).toEqual(['Apple', 'Cherry', 'Beet']);
  await panel.user.keyboard('k');
  expect(panel.address()).toContain(ids.Apple);
  await panel.user.keyboard('j');
  await waitFor(() => expect(panel.address()).toBe(`/commands/${ids.Cherry}?tag=red`));
  await seen('Beet');
  await panel.user.keyboard('j');
  await waitFor(() => expect(panel.address()).toBe(`/commands/${ids.Beet}?tag=red`));
});

// Catches a screen that opens the first command again although another one was worked on.
test('without an address the command opened last is shown, unless it is gone', async () => {
  const gone = 'cmd_01890a5d-ac96-774b-bcce-b302099a8057';
  useView.setState({ recent: [gone, ids.Cherry ?? ''] });
  await using _ = await open('/commands');
  expect((await screen.findByLabelText<HTMLInputElement>('Command name')).value).toBe('Cherry');
});

// Catches a kind that can only be chosen by whoever knows its name already.
test('the menu of a new command says which kinds there are, and what there is to start from', async () => {
  await using panel = await open('/commands');
  await panel.user.click(await screen.findByRole('button', { name: 'New' }));
  const menu = within(await screen.findByRole('menu'));
  for (const kind of COMMAND_KINDS) {
    expect(menu.getByText(commandKinds[kind].title)).toBeTruthy();
    for (const { title } of kindViews[kind].templates)
      expect(menu.getByRole('menuitem', { name: new RegExp(title) })).toBeTruthy();
  }
});

// Catches unsaved work that cannot be found again.
test('a command with unsaved changes is marked, and keeps them while another one is shown', async () => {
  await using panel = await open(`/commands/${ids.Apple}?tag=red`);
  await panel.user.type(await screen.findByLabelText('Command name'), ' pie');
  expect(library().getByRole('img', { name: 'Unsaved changes' })).toBeTruthy();
  await panel.user.click(library().getByRole('link', { name: /Beet/ }));
  await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>('Command name').value).toBe('Beet'));
  await panel.user.click(library().getByRole('link', { name: /Apple/ }));
  await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>('Command name').value).toBe('Apple pie'));
});

// Catches unsaved work in a command that no loaded page shows, which only a search by its name would find again.
test('a command with unsaved changes is among the drafts while its page is not loaded, and only then', async () => {
  const zebra = ids.Zebra ?? ('' as CommandId);
  keepDraft(zebra, { ...NO_DRAFT, edits: { name: 'Zebra crossing' }, base: { name: 'Zebra' }, version: 1 }, {});
  await using panel = await open('/commands');
  await seen('Apple');
  const drafts = within(await screen.findByRole('region', { name: 'Drafts' }));
  const link = await drafts.findByRole('link', { name: /Zebra/ });
  expect(within(link).getByRole('img', { name: 'Unsaved changes' })).toBeTruthy();
  expect(drafts.getAllByRole('link')).toHaveLength(1);
  await panel.user.click(link);
  await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>('Command name').value).toBe('Zebra crossing'));
  await panel.user.click(library().getByRole('button', { name: 'Show more' }));
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Drafts' })).toBeNull());
  expect(library().getByRole('link', { name: /Zebra/ })).toBeTruthy();
});

// Catches drafts that pile up because somebody looked at a template; and one with a single letter that is taken for such a draft.
test('a new command in which nothing was typed is not kept when another one is opened', async () => {
  await using panel = await open('/commands?tag=red');
  const begin = async (name: RegExp) => {
    await panel.user.click(await screen.findByRole('button', { name: 'New' }));
    await panel.user.click(await screen.findByRole('menuitem', { name }));
    await waitFor(() => expect(panel.address()).toContain('new-'));
  };
  await begin(/Sign in/);
  expect(within(await screen.findByRole('region', { name: 'Drafts' })).getAllByRole('link')).toHaveLength(1);
  await panel.user.click(library().getByRole('link', { name: /Beet/ }));
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Drafts' })).toBeNull());
  expect(useDrafts.getState().entries).toEqual({});
  await begin(/Run a program/);
  await panel.user.type(await screen.findByLabelText('Command name'), '!');
  await panel.user.click(library().getByRole('link', { name: /Beet/ }));
  await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>('Command name').value).toBe('Beet'));
  expect(within(screen.getByRole('region', { name: 'Drafts' })).getAllByRole('link')).toHaveLength(1);
});

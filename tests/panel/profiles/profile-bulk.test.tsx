/** What is done with many profiles at once, against a real host. */
import { screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProfileId } from '../../../src/contract/kernel/scalars.ts';
import { ProfilesScreen } from '../../../src/renderer/features/profiles/profiles-screen.tsx';
import { RunDialog } from '../../../src/renderer/features/run/index.ts';
import { BulkDock } from '../../../src/renderer/ui/bulk/bulk-dock.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

/** One more than a batch of tasks takes. */
const MANY = 1_001;

let subject: TestHost;
const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
const ids: ProfileId[] = [];
beforeAll(async () => {
  subject = await createTestHost();
  for (let made = 0; made < MANY; made += 1)
    ids.push((await call('profiles_create', { name: `Crowd ${made}`, group: made % 2 === 0 ? 'even' : null })).id);
  await call('queue_update', { paused: true });
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());
const total = async (filter: object) => (await call('profiles_list', { ...filter, count: true })).total;

// Catches a group that is given to the loaded page only, and tags that are lost to it.
test('group and tags are set over everything that matches, and over nothing else', async () => {
  await call('profiles_update', { id: ids[0] as ProfileId, tags: ['kept'] });
  await using panel = await renderPanel(
    subject,
    <>
      <ProfilesScreen />
      <BulkDock />
    </>,
    { at: '/profiles?group=even' },
  );
  await panel.user.click(await screen.findByRole('checkbox', { name: /^Select all/ }));
  const bar = () => within(screen.getByRole('toolbar', { name: 'Selection' }));
  await panel.user.click(await bar().findByRole('button', { name: /Select all 501 matching/ }));
  await panel.user.click(bar().getByRole('button', { name: 'Edit' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Edit 501 profiles' }));
  const apply = dialog.getByRole('button', { name: 'Apply' });
  expect(apply.title).toBe('Choose what to change');
  await panel.user.click(dialog.getByRole('checkbox', { name: 'Set the group' }));
  await panel.user.type(dialog.getByRole('textbox', { name: 'Group' }), 'Night');
  await panel.user.click(apply);
  await screen.findByText(/501 profiles changed/, {}, { timeout: 20_000 });
  expect(await total({ group: ['Night'] })).toBe(501);
  expect((await call('profiles_get', { id: ids[0] as ProfileId })).tags).toEqual(['kept']);
});

// Catches a limit that is only met after everything has been chosen and typed, and tasks made twice or not at all.
test('a command runs with more profiles than a batch takes, in batches', async () => {
  const command = await call('commands_create', { name: 'Greet', kind: 'process', spec: { argv: ['true'] } });
  await using panel = await renderPanel(
    subject,
    <RunDialog opened commandId={command.id} profileIds={ids} close={() => undefined} />,
    { at: '/profiles' },
  );
  await screen.findByText('One task with each of 1,001 profiles, in 2 batches of up to 1,000');
  const run = await screen.findByRole('button', { name: 'Run' });
  await waitFor(() => expect(run.getAttribute('aria-disabled')).toBeNull());
  await panel.user.click(run);
  await waitFor(() => expect(panel.address()).toContain(`/tasks?command=${command.id}`), { timeout: 20_000 });
  expect((await call('tasks_list', { command_id: command.id, count: true })).total).toBe(MANY);
});

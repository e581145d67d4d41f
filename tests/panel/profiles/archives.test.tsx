/** Export and import of profiles as an operator does them, against a real host. jsdom loads no file: what is saved is fetched here. */
import { screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { JobId } from '../../../src/contract/kernel/scalars.ts';
import { ProfilesScreen } from '../../../src/renderer/features/profiles/profiles-screen.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

const saved = vi.hoisted(() => [] as string[]);
vi.mock('../../../src/renderer/features/profiles/archive/save-export.ts', () => ({
  saveExport: async (_client: unknown, id: string) => void saved.push(id),
}));

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost({ settings: { allowed_origins: [window.location.origin] } });
});
afterAll(() => subject[Symbol.asyncDispose]());
const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
const names = async () => (await call('profiles_list', { sort: 'name' })).items.map(({ name }) => name);
beforeEach(async () => {
  saved.length = 0;
  const { items } = await call('profiles_list', {});
  if (items.length > 0) await call('profiles_bulk', { ids: items.map(({ id }) => id), action: 'delete' });
});

const LONG = { timeout: 30_000 };
const dialogOf = async (name: string) => within(await screen.findByRole('dialog', { name }, LONG));
async function savedFile(job: string): Promise<File> {
  const { url, name } = await call('profiles_export_content', { id: job as JobId });
  return new File([await (await fetch(url)).arrayBuffer()], name);
}

// Catches an export that is made and not handed over, logins without a passphrase, an import without a look, and a report that is not read.
test('profiles are exported; an archive is checked, then imported, and its report is shown', async () => {
  await call('profiles_create', { name: 'Anna', tags: ['shop'] });
  const { id } = await call('profiles_create', { name: 'Bea' });
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: '/profiles' });
  await screen.findByRole('row', { name: /Bea/ });
  await panel.user.click(screen.getByRole('checkbox', { name: 'Select all loaded rows' }));
  await panel.user.click(await screen.findByRole('button', { name: 'Export…' }));
  const out = await dialogOf('Export 2 profiles');
  const blocked = () => out.getByRole('button', { name: 'Export' }).getAttribute('aria-description');
  expect(blocked()).toBe('The passphrase needs at least 12 characters');
  await panel.user.click(out.getByLabelText('Passphrase'));
  await panel.user.paste('correct horse battery');
  expect(blocked()).toBe('The passphrases differ');
  await panel.user.clear(out.getByLabelText('Passphrase'));
  for (const part of ['Site data', 'Cookies']) await panel.user.click(out.getByRole('checkbox', { name: part }));
  expect(blocked()).toBeNull();
  await call('profiles_delete', { id });
  await panel.user.click(out.getByRole('button', { name: 'Export' }));
  await out.findByText(/1 exported, 1 not\. Files are kept for a day\./, {}, LONG);
  // One that cannot be exported costs no other.
  expect(out.getByRole('list', { name: 'Exports' }).textContent).toMatch(/Anna: exported.*There is no profile/);
  expect(saved).toHaveLength(1);
  await panel.user.click(out.getByRole('button', { name: 'Download Anna' }));
  expect(saved).toHaveLength(2);
  await panel.user.click(out.getByRole('button', { name: 'Done' }));

  await panel.user.click(screen.getByRole('button', { name: 'Import archive' }));
  const into = await dialogOf('Import archive');
  await panel.user.upload(into.getByLabelText('Archive'), new File(['noise'], 'noise.tabagent'));
  await panel.user.click(into.getByRole('button', { name: 'Check archive' }));
  expect((await into.findByRole('alert', {}, LONG)).textContent).toBe('This is no archive of a profile.');
  await panel.user.upload(into.getByLabelText('Archive'), await savedFile(saved[0] ?? ''));
  await panel.user.click(into.getByRole('button', { name: 'Check archive' }));
  await into.findByText('The archive is whole; nothing is lost. Nothing has been changed yet.', {}, LONG);
  expect(into.getByRole('list', { name: 'Report' }).textContent).toContain('caches and locks');
  expect(await names()).toEqual(['Anna']);
  await panel.user.click(into.getByRole('button', { name: 'Import' }));
  await into.findByText('Imported; nothing is lost.', {}, LONG);
  await panel.user.click(into.getByRole('button', { name: 'Done' }));
  await waitFor(async () => expect(await names()).toEqual(['Anna', 'Anna 2']));
  const [, copy] = (await call('profiles_list', { sort: 'name' })).items;
  expect(copy?.tags).toEqual(['shop']);
}, 300_000);

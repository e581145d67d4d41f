/** Backups, the audit and the diagnosis, against a real host and its real database file. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { screen, waitFor, within } from '@testing-library/react';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { About } from '../../../src/renderer/features/settings/about.tsx';
import { Audit } from '../../../src/renderer/features/settings/audit.tsx';
import { Backups } from '../../../src/renderer/features/settings/backups.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

// Catches a backup that is announced before it is made, a list that does not learn of it, and a size that is not that of the file.
test('a backup is in the list once it is a file', async () => {
  await using panel = await renderPanel(subject, <Backups />);
  await screen.findByText(/No backups yet/);
  await panel.user.click(screen.getByRole('button', { name: 'Back up now' }));
  const row = await screen.findByRole('row', { name: /Manual/ }, { timeout: 15_000 });
  const [backup] = (await panel.client.call('backups_list', {})).items;
  if (backup === undefined) throw new Error('There is no backup');
  expect(row.textContent).toContain(backup.sha256.slice(0, 12));
  expect(within(row).getByText(/ (KB|MB)$/)).toBeDefined();
  expect(backup.bytes).toBeGreaterThan(4_096);
});

// Catches a chain that is called whole although a line of it was changed in the file, and one that names the wrong line.
test('a line of the audit that was changed in the file is found', async () => {
  const names = ['First key', 'Second key', 'Third key'];
  for (const name of names) await subject.host.client.call('keys_create', { name });
  await using panel = await renderPanel(subject, <Audit />);
  // Catches raw names of operations, and ids that are cut where the key has a name.
  await waitFor(() => expect(screen.getAllByTitle('keys_create').length).toBe(3));
  expect(screen.queryByText('keys_create')).toBeNull();
  for (const name of names) await screen.findByText(name);
  await panel.user.click(screen.getByRole('button', { name: 'Verify' }));
  await screen.findByText(/lines are unchanged/);

  const file = join(subject.dir, 'tabagent.db');
  expect(statSync(file).size).toBeGreaterThan(0);
  const db = new Database(file);
  const { seq } = db.prepare("SELECT seq FROM audit WHERE op = 'keys_create' ORDER BY seq LIMIT 1 OFFSET 1").get() as {
    seq: number;
  };
  db.prepare('UPDATE audit SET principal = ? WHERE seq = ?').run('somebody else', seq);
  db.close();
  await panel.user.click(screen.getByRole('button', { name: 'Verify' }));
  expect((await screen.findByText(/A line was changed/)).textContent).toContain(String(seq));
});

// Catches a diagnosis that shows the checks of before, and copied diagnostics without what the screen shows.
test('the diagnosis names the folder of the data, and what is copied holds host and checks', async () => {
  await using panel = await renderPanel(subject, <About />);
  expect((await screen.findByText(subject.dir)).tagName).toBe('CODE');
  await screen.findByText('Database');
  await panel.user.click(screen.getByRole('button', { name: /Copy diagnostics/ }));
  const copied = JSON.parse(await navigator.clipboard.readText()) as { host: { data_dir: string }; checks: unknown[] };
  expect(copied.host.data_dir).toBe(subject.dir);
  expect(copied.checks.length).toBeGreaterThan(3);
});

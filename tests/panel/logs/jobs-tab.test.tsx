/** Background work in the panel, against a real host whose jobs are real. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LogsAndMetricsScreen } from '../../../src/renderer/features/logs/logs-and-metrics-screen.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { openHubServer } from '../../support/models/hub-server.ts';
import { writeLlama } from '../../support/models/llama-model.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-panel-jobs-'));
beforeAll(async () => {
  subject = await createTestHost({ settings: { 'models.folder': path.join(folder, 'models') } });
});
afterAll(async () => {
  await subject[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true, force: true });
});

const open = (search = '') => renderPanel(subject, <LogsAndMetricsScreen />, { at: `/logs?tab=jobs${search}` });

// Catches a list that has to be loaded again to learn of a job, one without the result, and a filter that is shown but not asked for.
test('a job appears by itself, ends by itself, and shows what came of it', async () => {
  await using panel = await open();
  await screen.findByText('No jobs yet');
  await subject.host.client.call('backups_create', { wait: true });
  const grid = within(await screen.findByRole('grid', { name: 'Jobs' }, { timeout: 15_000 }));
  const row = await grid.findByRole('row', { name: /Backup of the database/ });
  await within(row).findByText('Succeeded', {}, { timeout: 15_000 });
  await panel.user.click(within(row).getByText('Backup of the database'));
  const pane = within(await screen.findByRole('complementary', { name: 'Job' }));
  expect((await pane.findByRole('region', { name: 'Result' })).textContent).toContain('bak_');
  expect(pane.queryByRole('button', { name: 'Cancel' }), 'it has ended').toBeNull();

  await panel.user.click(screen.getByRole('button', { name: 'Failed' }));
  await screen.findByText(/No jobs match/);
  expect(panel.address()).toContain('status=failed');
  fireEvent.click(screen.getByRole('button', { name: 'Clear filters' }));
  await screen.findByRole('grid', { name: 'Jobs' });
  await panel.user.click(screen.getByRole('button', { name: 'Ended' }));
  await waitFor(() => expect(panel.address()).toContain('sort=-finished_at'));
});

// Catches a list that only a mouse gets through, and an inspector that stays behind.
test('the keys go through the list, open a job and close it', async () => {
  const { client } = subject.host;
  for (let made = 0; made < 2; made += 1) await client.call('backups_create', { wait: true });
  const ids = (await client.call('jobs_list', {})).items.map(({ id }) => id);
  await using panel = await open();
  const grid = await screen.findByRole('grid', { name: 'Jobs' });
  await within(grid).findAllByText('Succeeded');
  grid.focus();
  await panel.user.keyboard('j{Enter}');
  await screen.findByRole('complementary', { name: 'Job' });
  const first = new URLSearchParams(panel.address().split('?')[1]).get('peek');
  await panel.user.keyboard('j{Enter}');
  await waitFor(() => expect(panel.address()).not.toContain(`peek=${first}`));
  const second = new URLSearchParams(panel.address().split('?')[1]).get('peek');
  expect(ids.indexOf(second as (typeof ids)[number])).toBe(ids.indexOf(first as (typeof ids)[number]) + 1);
  await panel.user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('complementary', { name: 'Job' })).toBeNull());
  expect(panel.address()).not.toContain('peek');
});

// Catches progress that stands still in the list, and a job that can be looked at but not stopped.
test('a download grows while it is looked at, is stopped from the list, and stays stopped', async () => {
  const file = path.join(folder, 'hub.gguf');
  writeLlama(file, { name: 'From the hub' });
  await using hub = await openHubServer('owner/Tiny-GGUF', { 'tiny-F16.gguf': fs.readFileSync(file) });
  hub.holdAfter = 100_000;
  const { client } = subject.host;
  await client.call('settings_update', { 'hub.endpoint': hub.url });
  await using panel = await open('&status=running,cancelled');
  await screen.findByText(/No jobs match/);
  const held = hub.held();
  await client.call('pull_model', { model: 'owner/Tiny-GGUF', variant: 'F16' });
  const row = await screen.findByRole('row', { name: /Download of a model/ }, { timeout: 15_000 });
  await held;
  const shown = () => Number(within(row).getByRole('progressbar').getAttribute('value') ?? 0);
  await waitFor(() => expect(shown()).toBeGreaterThan(0), { timeout: 15_000 });
  await panel.user.click(within(row).getByRole('button', { name: /^Actions for/ }));
  await panel.user.click(await screen.findByRole('menuitem', { name: 'Pause' }));
  await within(row).findByText('Cancelled', {}, { timeout: 15_000 });
  await panel.user.click(within(row).getByRole('button', { name: /^Actions for/ }));
  expect((await screen.findByRole('menuitem', { name: 'Pause' })).title).toBe('The job has ended');
});

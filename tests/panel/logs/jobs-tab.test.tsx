/** Background work in the panel, against a real host whose jobs are real. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LogsAndMetricsScreen } from '../../../src/renderer/features/logs/logs-and-metrics-screen.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

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

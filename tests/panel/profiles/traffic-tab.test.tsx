/** The Traffic tab of a profile and its budgets, against a real host. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProfileId } from '../../../src/contract/kernel/scalars.ts';
import { ProfilesScreen } from '../../../src/renderer/features/profiles/profiles-screen.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';
import { httpProxy } from '../../support/proxies/servers.ts';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
const openTab = async (user: { click(element: Element): Promise<void> }) =>
  user.click(await screen.findByRole('tab', { name: 'Traffic' }));

// Would catch: a budget that is shown and not sent, megabytes that are sent as bytes, and a limit that is no number at its field.
test('a budget is set in the form in megabytes, and the tab shows it', async () => {
  const { id } = await call('profiles_create', { name: 'Anna' });
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: `/profiles?peek=${id}&edit=${id}` });
  const form = within(await screen.findByRole('dialog'));
  fireEvent.change(await form.findByRole('textbox', { name: 'Traffic per day' }), { target: { value: '50' } });
  await panel.user.click(form.getByRole('button', { name: 'Save' }));
  const budget = { run_bytes: null, day_bytes: 50 * 1_048_576, month_bytes: null };
  await waitFor(async () => expect((await call('profiles_get', { id })).traffic_budget).toEqual(budget), {
    timeout: 10_000,
  });
  await openTab(panel.user);
  await screen.findByText(/0 B of 50.0 MB/);
  // Would catch: a profile that goes out directly and seems to be counted.
  await screen.findByText(/its budget has no effect until it has a proxy/);
});

// Would catch: a tab that stays as it was when it was opened, and a run that does not say which way it went.
test('a run through a proxy appears while the tab is open', async () => {
  await using proxy = await httpProxy();
  const made = await call('proxies_create', { name: 'Exit A', host: '127.0.0.1', port: proxy.port });
  const { id } = await call('profiles_create', { name: 'Bea', proxy_id: made.id });
  await using panel = await renderPanel(subject, <ProfilesScreen />, { at: `/profiles?peek=${id}` });
  await openTab(panel.user);
  await screen.findByText('Nothing has gone through a proxy yet.');
  await call('profiles_start', { id: id as ProfileId, headless: true });
  const runs = within(await screen.findByRole('list', { name: 'Runs' }, { timeout: 10_000 }));
  expect(runs.getByText('Opened by hand')).toBeTruthy();
  expect(runs.getByRole('link', { name: 'Exit A' }).getAttribute('href')).toContain(made.id);
  await call('profiles_stop', { id });
}, 60_000);

/** What an operator sees of a model that is being loaded, against a real host with a scripted engine. */
import { screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ModelsScreen } from '../../../src/renderer/features/models/models-screen.tsx';
import { type InferenceHost, scriptedHost } from '../../support/inference.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: InferenceHost;
beforeAll(async () => {
  subject = await scriptedHost({}, [
    ['slow', { name: 'Slow' }],
    ['fast', { name: 'Fast' }],
  ]);
});
afterAll(() => subject[Symbol.asyncDispose]());
const soon = { timeout: 15_000 };

// Catches a button that is dead for minutes while a model is read, with nothing that moves and no way back.
test('a model that is being loaded shows how far it is, and the load can be cancelled', async () => {
  await using panel = await renderPanel(subject, <ModelsScreen />, { at: '/models' });
  await panel.user.click(await screen.findByRole('row', { name: /slow/i }, soon));
  const details = within(await screen.findByRole('complementary', { name: 'Model' }, soon));
  await panel.user.click(await details.findByRole('button', { name: 'Load' }, soon));
  const cancel = await details.findByRole('button', { name: 'Cancel' }, soon);
  await waitFor(() => expect(details.getByText('Loading 42 %')).toBeTruthy(), soon);
  expect(within(screen.getByRole('row', { name: /slow/i })).getByText('Loading 42 %')).toBeTruthy();
  await panel.user.click(screen.getByRole('tab', { name: /Running/ }));
  const bar = await screen.findByRole('progressbar', { name: /Loading test\/slow/ }, soon);
  expect(bar.getAttribute('aria-valuenow')).toBe('42');
  await panel.user.click(screen.getByRole('tab', { name: /Installed/ }));
  await panel.user.click(cancel.isConnected ? cancel : await screen.findByRole('button', { name: 'Cancel' }, soon));
  await screen.findByRole('button', { name: 'Load' }, soon);
  expect(screen.queryByText(/Could not load/)).toBeNull();
  expect((await subject.host.client.call('get_loaded_models', {})).loading).toEqual([]);
});

// Catches progress that only the window shows which has begun the load.
test('a load that a request or another window has begun is shown and cancelled alike', async () => {
  const { client } = subject.host;
  const asked = subject.post('/v1/completions', { model: 'test/slow:F16', prompt: 'x' });
  await using panel = await renderPanel(subject, <ModelsScreen />, { at: '/models?tab=running' });
  await screen.findByRole('progressbar', { name: /Loading test\/slow/ }, soon);
  await waitFor(async () => {
    const [load] = (await client.call('get_loaded_models', {})).loading;
    expect(load).toEqual({ id: 'test/slow:F16', percent: 42, job_id: null });
  }, soon);
  await panel.user.click(screen.getByRole('button', { name: 'Cancel test/slow:F16' }));
  expect((await asked).status).toBeGreaterThanOrEqual(400);
  await waitFor(() => expect(screen.queryByRole('progressbar')).toBeNull(), soon);
  const load = client.call('load_model', { model_id: 'test/slow:F16', wait: true }).catch((error: unknown) => error);
  await screen.findByRole('progressbar', { name: /Loading test\/slow/ }, soon);
  const [{ job_id } = { job_id: null }] = (await client.call('get_loaded_models', {})).loading;
  await client.call('jobs_cancel', { id: job_id ?? '' });
  expect(await load).toMatchObject({ slug: 'cancelled' });
  await waitFor(() => expect(screen.queryByRole('progressbar')).toBeNull(), soon);
});

/** What the details of a model offer, against a real host with a scripted engine. */
import { screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SelfCheckNotice } from '../../../src/renderer/features/models/installed/self-check.tsx';
import { ModelsScreen } from '../../../src/renderer/features/models/models-screen.tsx';
import { type InferenceHost, scriptedHost } from '../../support/inference.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: InferenceHost;
beforeAll(async () => {
  subject = await scriptedHost({}, [['one', { name: 'One' }]]);
});
afterAll(() => subject[Symbol.asyncDispose]());
const soon = { timeout: 15_000 };

async function open() {
  const panel = await renderPanel(subject, <ModelsScreen />, { at: '/models' });
  await panel.user.click(await screen.findByRole('row', { name: /one/i }, soon));
  return { panel, details: within(await screen.findByRole('complementary', { name: 'Model' }, soon)) };
}

// Catches a way from the model to the conversation that has to be looked for, and "it needs" of what has it already.
test('a chat model that is loaded offers a chat with it, and says no more what it would need', async () => {
  const { panel, details } = await open();
  await using _panel = panel;
  await details.findByText(/^It needs/, {}, soon);
  expect(details.queryByRole('button', { name: 'Chat' })).toBeNull();
  await subject.host.client.call('load_model', { model_id: 'test/one:F16', wait: true });
  await panel.user.click(await details.findByRole('button', { name: 'Chat' }, soon));
  expect(details.queryByText(/^It needs/)).toBeNull();
  await waitFor(() => expect(panel.address()).toBe('/chat'), soon);
});

// Catches forty fields of which most do nothing, and a context that only the API can ask for.
test('settings are how it is loaded, and what its engine applies; a change of the load loads it anew', async () => {
  const { panel, details } = await open();
  await using _panel = panel;
  await panel.user.click(await details.findByRole('tab', { name: 'Settings' }, soon));
  for (const title of ['Sampling', 'More']) await details.findByRole('group', { name: title }, soon);
  expect(details.queryByLabelText(/Beams/)).toBeNull();
  expect(details.getByLabelText(/Temperature/)).toBeTruthy();
  const load = within(details.getByRole('region', { name: 'Load' }));
  expect(load.getByText(/load the model again/)).toBeTruthy();
  await panel.user.type(load.getByRole('textbox', { name: 'Context length' }), '256');
  await panel.user.click(load.getByRole('button', { name: /with these$/ }));
  await waitFor(async () => {
    const [loaded] = (await subject.host.client.call('get_loaded_models', {})).models;
    expect(loaded?.context_length).toBe(256);
  }, soon);
});

// Catches a check that failed and says so in grey, with its reasons in the log of the host.
test('a self-check that failed says what may be wrong, what came, and what to try', async () => {
  const check = {
    ...({ at: '2026-01-01T00:00:00.000Z', verdict: 'suspect', right: 0, asked: 3 } as const),
    findings: ['To “a” the answer should have had “b” in it; it was “c”.'],
    ...{ tokens_per_second: 1, first_token_ms: 1, memory_bytes: 1, context_length: 1, device: 'cpu' },
  };
  const [model] = (await subject.host.client.call('models_list', {})).items;
  if (model === undefined) throw new Error('there is no model');
  await using panel = await renderPanel(subject, <SelfCheckNotice model={{ ...model, self_check: check }} />, {});
  for (const said of [/the chat template may be wrong/, /0 of 3 questions/, /it was “c”/, /another quantization/])
    expect(panel.getByText(said)).toBeTruthy();
});

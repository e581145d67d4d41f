/** The list of installed models, against a real host. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ModelsScreen } from '../../../src/renderer/features/models/models-screen.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { writeLlama } from '../../support/models/llama-model.ts';
import { writeOnnxEmbedder } from '../../support/models/onnx-models.ts';
import { renderPanel } from '../../support/panel.tsx';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-panel-models-'));
let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost({ settings: { 'models.folder': path.join(folder, 'models') } });
});
afterAll(async () => {
  await subject[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true, force: true });
});
const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);

// Catches an embedder that answers searches and is nowhere to be seen, and an offer that stays when it has been taken.
test('the built-in embedder says what it can, and offers another one until there is one', async () => {
  await using panel = await renderPanel(subject, <ModelsScreen />, { at: '/models' });
  const builtIn = within(await screen.findByRole('region', { name: 'Built-in embedder' }));
  expect(builtIn.getByText('tabagent/lexical-384')).toBeTruthy();
  expect(builtIn.getByText(/does not compare meaning/)).toBeTruthy();
  const vectors = path.join(folder, 'vectors');
  writeOnnxEmbedder(vectors);
  await call('models_import', { path: vectors });
  await waitFor(() => expect(builtIn.queryByRole('link')).toBeNull(), { timeout: 10_000 });
  const [installed] = (await call('models_list', { type: ['embedding'] })).items;
  await call('delete_model', { model_id: installed?.id ?? '' });
  await panel.user.click(await builtIn.findByRole('link', { name: 'Download an embedding model' }));
  await waitFor(() => expect(panel.address()).toContain('tab=download'));
});

// Catches two rows of the same name of which nobody can say which is which.
test('models of the same name are told apart by their owner', async () => {
  for (const owner of ['ada', 'bob']) {
    const own = path.join(folder, 'models', owner, 'tiny');
    fs.mkdirSync(own, { recursive: true });
    writeLlama(path.join(own, 'tiny-F16.gguf'), { name: 'Tiny' });
  }
  await call('models_scan', {});
  await using _panel = await renderPanel(subject, <ModelsScreen />, { at: '/models' });
  for (const owner of ['ada', 'bob'])
    await screen.findByRole('row', { name: new RegExp(`tiny.*${owner}`, 'i') }, { timeout: 10_000 });
});

/** The benchmark of a model, with real engines. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useBenchmarks } from '../../../src/renderer/features/models/benchmark/runs.ts';
import { ModelsScreen } from '../../../src/renderer/features/models/models-screen.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { writeLlama } from '../../support/models/llama-model.ts';
import { writeOnnxReranker } from '../../support/models/onnx-models.ts';
import { renderPanel } from '../../support/panel.tsx';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-panel-benchmark-'));
const at = (name: string) => path.join(folder, 'models', 'test', name);
let subject: TestHost;
beforeAll(async () => {
  fs.mkdirSync(at('tiny'), { recursive: true });
  writeLlama(path.join(at('tiny'), 'tiny-F16.gguf'), { name: 'Tiny' });
  writeOnnxReranker(at('ranker'));
  subject = await createTestHost({ settings: { 'models.folder': path.join(folder, 'models') } });
  await subject.host.client.call('models_scan', {});
});
afterAll(async () => {
  await subject[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true, force: true });
});

const inspector = async () => within(await screen.findByRole('complementary', { name: 'Model' }));
const result = { timeout: 20_000 };

// Catches a button that does nothing, a figure that is made up, and a result that is gone with the next one.
test('a chat model is measured with a key, again with the button, and both results stay', async () => {
  await using panel = await renderPanel(subject, <ModelsScreen />, { at: '/models' });
  await panel.user.click(await screen.findByRole('row', { name: /tiny/i }));
  const pane = await inspector();
  await pane.findByRole('tab', { name: 'Benchmark' });
  await panel.user.keyboard('b');
  await pane.findByRole('button', { name: 'Stop' });
  await waitFor(() => expect(pane.getAllByRole('row')).toHaveLength(2), result);
  const cells = within(pane.getAllByRole('row')[1] as HTMLElement).getAllByRole('cell');
  expect(Number(cells[1]?.textContent.replaceAll(',', ''))).toBeGreaterThan(0);
  expect(cells[2]?.textContent).toMatch(/ m?s$/);
  expect(Number(cells[3]?.textContent)).toBeGreaterThan(1);
  await panel.user.click(pane.getByRole('button', { name: 'Run benchmark' }));
  await waitFor(() => expect(pane.getAllByRole('row')).toHaveLength(3), result);
  const { items } = await subject.host.client.call('models_list', { type: ['chat'] });
  expect(useBenchmarks.getState().runs[items[0]?.id ?? '']).toHaveLength(2);
});

// Catches a button for what cannot be measured.
test('a reranker has no benchmark', async () => {
  await using panel = await renderPanel(subject, <ModelsScreen />, { at: '/models' });
  await panel.user.click(await screen.findByRole('row', { name: /ranker/i }));
  await (await inspector()).findByRole('button', { name: 'Load' });
  expect(screen.queryByRole('tab', { name: 'Benchmark' })).toBeNull();
});

// Catches a run that cannot be stopped, or that counts although it was.
test('a run that is stopped leaves no result', async () => {
  useBenchmarks.setState({ runs: {} });
  await using panel = await renderPanel(subject, <ModelsScreen />, { at: '/models' });
  await panel.user.click(await screen.findByRole('row', { name: /tiny/i }));
  const pane = await inspector();
  await panel.user.click(await pane.findByRole('tab', { name: 'Benchmark' }));
  await panel.user.click(pane.getByRole('button', { name: 'Run benchmark' }));
  await panel.user.click(await pane.findByRole('button', { name: 'Stop' }));
  await pane.findByRole('button', { name: 'Run benchmark' }, result);
  expect(useBenchmarks.getState().runs).toEqual({});
});

/** Models of random weights, checked by the real engine: they compute, and nothing that they say is right. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SelfCheck } from '../../../src/contract/models/self-check.ts';
import { classifierHost, type InferenceHost, mediaHost, realHost } from '../../support/inference.ts';

let subject: InferenceHost;
beforeAll(async () => {
  subject = await realHost({ 'inference.self_check': true });
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

async function checkOf(name: string, { host } = subject, variant = 'F16'): Promise<SelfCheck> {
  const { client, changes } = host;
  const find = async () => (await client.call('models_list', { q: name })).items.find(({ repo }) => repo === name);
  const found = Promise.withResolvers<SelfCheck>();
  const look = async () => {
    const check = (await find())?.self_check;
    if (check) found.resolve(check);
  };
  const stop = changes.subscribe(() => void look());
  await client.call('load_model', { model_id: `${name}:${variant}`, wait: true });
  await look();
  return found.promise.finally(stop);
}

// Catches a check that is never made or not kept, and one that takes noise for answers.
test('a chat model and an embedder are checked after their first load; figures and findings are kept', async () => {
  const figures = { tokens_per_second: expect.any(Number), device: 'cpu', memory_bytes: expect.any(Number) };
  expect(await checkOf('test/tiny')).toMatchObject({ ...figures, verdict: 'suspect', right: 0, asked: 3 });
  expect(await checkOf('test/vectors')).toMatchObject({ ...figures, asked: 3, first_token_ms: null });
  const { total_requests } = await subject.host.client.call('stats', {});
  expect(total_requests).toBe(0);
}, 30_000);

// Catches a type of model whose check is never made, or that no check can end.
test('so are models that classify texts', async () => {
  await using classifiers = await classifierHost({ 'inference.self_check': true });
  const figures = { tokens_per_second: expect.any(Number), device: 'cpu', asked: 3, first_token_ms: null };
  expect(await checkOf('test/onnx-tagger', classifiers, 'fp32')).toMatchObject(figures);
  expect(await checkOf('test/onnx-nli', classifiers, 'fp32')).toMatchObject({
    ...figures,
    verdict: 'passed',
    right: 3,
  });
}, 60_000);

// Catches a file that the engine cannot read, one that stays, and models whose check is never made.
test('so are models of speech and of pictures, with sounds and pictures of the host itself', async () => {
  await using media = await mediaHost({ 'inference.self_check': true });
  const figures = { device: 'cpu', memory_bytes: expect.any(Number), first_token_ms: null };
  expect(await checkOf('test/onnx-ears', media, 'fp32')).toMatchObject({ ...figures, asked: 2 });
  expect(await checkOf('test/onnx-eyes', media, 'fp32')).toMatchObject({ ...figures, asked: 3 });
}, 60_000);

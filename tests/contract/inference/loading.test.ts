/** A request for a model that is not in memory yet: it waits for it, or is told how far it is. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type InferenceHost, realHost } from '../../support/inference.ts';
import { TINY } from '../../support/models/llama-model.ts';

const CHAT = 'test/writes:F16';
const VECTORS = 'test/vectors:F16';
let subject: InferenceHost;
beforeAll(async () => {
  const shape = { ...TINY, layers: 4, dim: 256, hidden: 512 };
  subject = await realHost({ max_loaded_models: 4 }, [
    ['writes', shape],
    ['vectors', { ...shape, name: 'Vectors', pooling: 1 }],
  ]);
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

const messages = [{ role: 'user', content: 'the' }];
// Catches the wish of a caller that gets lost on its way to one of the operations, and a stream that says 200 before it fails.
test.each([
  ['/v1/chat/completions', CHAT, { messages, max_tokens: 2 }],
  ['/v1/chat/completions', CHAT, { messages, max_tokens: 2, stream: true }],
  ['/v1/completions', CHAT, { prompt: 'the', max_tokens: 2 }],
  ['/v1/responses', CHAT, { input: 'the', max_output_tokens: 2 }],
  ['/v1/embeddings', VECTORS, { input: 'the' }],
])('%s with %s: 503 and how far the model is with `Prefer: wait=0`, an answer without', async (path, model, body) => {
  const ask = (headers: Record<string, string>) =>
    fetch(subject.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': subject.token, ...headers },
      body: JSON.stringify({ model, ...body }),
    });
  await subject.post('/v1/models/unload', { model });
  const hasty = await ask({ prefer: 'wait=0' });
  expect([hasty.status, hasty.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await hasty.json()).toMatchObject({
    ...{ reason: 'model_loading', model, percent: expect.any(Number) },
    detail: expect.stringContaining('is being loaded'),
  });
  const patient = await ask({});
  expect(patient.status).toBe(200);
  await patient.text();
  expect((await ask({ prefer: 'wait=0' })).status).toBe(200);
});

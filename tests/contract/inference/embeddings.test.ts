/** Embeddings over HTTP, with a small real model in the real engine. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InferenceHost, realHost } from '../../support/inference.ts';

let subject: InferenceHost;
beforeAll(async () => {
  subject = await realHost();
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

describe('embeddings of a real model', () => {
  const model = 'test/vectors:F16';
  const texts = ['the people', 'one word', 'the people'];

  // Catches vectors that are cut, mixed up or not of unit length, and counts that are guessed.
  test('are those of the library, in order, of unit length, in both encodings, with true counts', async () => {
    const packed = await subject.sdk.embeddings.create({ model, input: texts });
    const plain = await subject.sdk.embeddings.create({ model, input: texts, encoding_format: 'float' });
    const vectors = plain.data.map(({ embedding }) => embedding);
    packed.data.forEach(({ embedding }, index) => {
      expect(embedding).toHaveLength(64);
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 4);
      embedding.forEach((value, at) => {
        expect(value).toBeCloseTo(vectors[index]?.[at] ?? Number.NaN, 6);
      });
    });
    expect(vectors[2]).toEqual(vectors[0]);
    expect(vectors[1]).not.toEqual(vectors[0]);
    expect(plain.usage.prompt_tokens).toBe(plain.usage.total_tokens);
    expect(plain.usage.prompt_tokens).toBeGreaterThanOrEqual(6);
  });

  test('are what an unnamed model means once there is one, and answer the operations on texts', async () => {
    expect((await subject.sdk.embeddings.create({ model: 'default', input: 'x' })).model).toBe(model);
    const answer = await subject.post('/v1/similarity', { text1: 'the people', text2: 'the people' });
    expect(await answer.json()).toMatchObject({ model, similarity: expect.closeTo(1, 4) });
  });

  test('of a text that is too long are refused, not cut', async () => {
    const answer = await subject.post('/v1/embeddings', { model, input: 'the '.repeat(600) });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'context_length_exceeded' }),
    ]);
  });
});

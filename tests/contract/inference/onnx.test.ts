/** ONNX models over HTTP: they answer wherever GGUF models do. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineProcess, type InferenceHost, onnxHost } from '../../support/inference.ts';

let subject: InferenceHost;
beforeAll(async () => {
  subject = await onnxHost({ parallel: 2, max_loaded_models: 3 });
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

const answerTo = async (address: string, body: object) => (await subject.post(address, body)).json();
const dot = (one: number[], other: number[]) => one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);

test('they are listed with their engine, loaded by name, shown with their device, and unloaded', async () => {
  const id = 'test/onnx-vectors:fp32';
  const { data } = await subject.host.client.call('models', {});
  expect(data.map(({ id: name, backend, type }) => [name, backend, type]).sort()).toEqual([
    ['test/onnx-ranker:fp32', 'onnx', 'rerank'],
    ['test/onnx-tiny:fp32', 'onnx', 'chat'],
    [id, 'onnx', 'embedding'],
  ]);
  expect(await answerTo('/v1/models/load', { model: id, wait: true })).toMatchObject({ status: 'loaded' });
  expect((await subject.host.client.call('get_loaded_models', {})).models).toMatchObject([
    { id, backend: 'onnx', device: 'cpu', refused_devices: [], context_length: 128 },
  ]);
  expect(await answerTo('/v1/models/unload', { model: id })).toMatchObject({ status: 'unloaded' });
  expect((await subject.host.client.call('get_loaded_models', {})).models).toEqual([]);
});

describe('vectors', () => {
  test('come in both encodings, of unit length, with their count', async () => {
    const body = { model: 'test/onnx-vectors', input: ['the people', 'water'] };
    const { data, usage, model } = await subject.sdk.embeddings.create(body);
    expect({ model, usage }).toEqual({ model: 'test/onnx-vectors:fp32', usage: { prompt_tokens: 7, total_tokens: 7 } });
    const floats = await subject.sdk.embeddings.create({ ...body, encoding_format: 'float' });
    for (const [index, { embedding }] of data.entries()) {
      expect(dot(embedding, embedding)).toBeCloseTo(1, 5);
      expect(embedding).toEqual(floats.data[index]?.embedding.map(Math.fround));
    }
  });

  // Catches a question that is embedded as a document: such models compare one kind with the other.
  test('of questions and documents differ where the model asks for it', async () => {
    const model = 'test/onnx-vectors';
    const [question, document] = (
      await subject.sdk.embeddings.create({ model, input: ['find: water', 'the people go'], encoding_format: 'float' })
    ).data.map(({ embedding }) => embedding);
    const { scores } = await answerTo('/v1/recommend', { model, query: 'water', candidates: ['go'] });
    expect(scores[0]).toBeCloseTo(dot(question ?? [], document ?? []), 5);
    const { similarity_matrix } = await answerTo('/v1/evaluate-embeddings', {
      ...{ model, queries: ['water'], documents: ['go'] },
    });
    expect(similarity_matrix[0][0]).toBeCloseTo(scores[0], 5);
  });

  test('are the default of the routes that compare texts, once there is a model', async () => {
    expect(await answerTo('/v1/similarity', { text1: 'water', text2: 'water' })).toMatchObject({
      model: 'test/onnx-vectors:fp32',
      similarity: expect.closeTo(1, 5),
    });
    const listed = await subject.host.client.call('get_embedding_models', {});
    expect(listed.models).toContainEqual(
      expect.objectContaining({ id: 'test/onnx-vectors:fp32', dimensions: 32, installed: true, loaded: true }),
    );
  });
});

test('documents are ranked, best first, from 0 to 1', async () => {
  const documents = ['the people', 'water', 'what do you do'];
  const { results, usage } = await answerTo('/v1/rerank', { query: 'who are you', documents, return_documents: false });
  const scores: number[] = results.map(({ score }: { score: number }) => score);
  expect(scores).toHaveLength(3);
  expect(scores).toEqual(scores.toSorted((one, other) => other - one));
  for (const score of scores) expect(score).toBeGreaterThan(0);
  expect(usage.prompt_tokens).toBeGreaterThan(12);
});

describe('text', () => {
  const model = 'test/onnx-tiny';
  const messages = [{ role: 'user' as const, content: 'the people' }];

  test('streams as it is answered whole, with the same counts', async () => {
    const body = { model, messages, max_tokens: 20, temperature: 0 };
    const whole = await subject.sdk.chat.completions.create(body);
    const stream = await subject.sdk.chat.completions.create({
      ...{ ...body, stream: true, stream_options: { include_usage: true } },
    });
    let text = '';
    let usage: object | null | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(whole.usage).toMatchObject({ completion_tokens: 20 });
    expect(usage).toMatchObject({ prompt_tokens: whole.usage?.prompt_tokens, completion_tokens: 20 });
  });

  test('is continued, and answered as a response', async () => {
    // Sampled text may end before its limit.
    const temperature = 0;
    const asked = { model, prompt: 'the people', max_tokens: 8, temperature };
    const { choices } = await subject.sdk.completions.create(asked);
    expect(choices[0]).toMatchObject({ finish_reason: 'length', text: expect.stringMatching(/\w/) });
    const input = 'the people';
    const response = await subject.sdk.responses.create({ model, input, max_output_tokens: 8, temperature });
    expect(response).toMatchObject({ status: 'incomplete', usage: { output_tokens: 8 } });
  });

  test('that would have to fit a schema is refused, because this engine cannot hold to one', async () => {
    const response_format = { type: 'json_object' as const };
    await expect(subject.sdk.chat.completions.create({ model, messages, response_format })).rejects.toMatchObject({
      status: 400,
      param: 'response_format',
    });
  });

  // Catches a client that waits for ever, and a host that believes that a model is still there.
  test('of an engine that is killed ends with an error in the stream; the next request works', async () => {
    const engine = engineProcess('onnx');
    // Long enough that it is still being written when the engine goes, however slow this process is.
    const body = { model, messages, stream: true, n: 8, max_tokens: 400, temperature: 0 };
    const response = await subject.post('/v1/chat/completions', body);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader?.read())?.value ?? '';
    process.kill(engine, 'SIGKILL');
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) text += next.value;
    expect(text).not.toContain('[DONE]');
    expect(JSON.parse(text.trim().split('\n').at(-1)?.slice(6) ?? '')).toMatchObject({
      status: 503,
      reason: 'worker_crashed',
    });
    expect(await subject.sdk.completions.create({ model, prompt: 'the', max_tokens: 4 })).toBeTruthy();
  });
});

/** The clients that programs use, unchanged, against a running server: OpenAI's of this major and of the one before, and Vercel's. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, embedMany, generateText, isStepCount, Output, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import OpenAIPrevious from 'openai-previous';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { LEXICAL_MODEL } from '../../../src/contract/models/reference.ts';
import { type InferenceHost, order, scriptedHost } from '../../support/inference.ts';

let subject: InferenceHost;
beforeAll(async () => {
  // One place: what is not given back holds up the next test.
  subject = await scriptedHost({ parallel: 1 });
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

const model = 'test/tiny:F16';
const CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Bern"}}\n</tool_call>';
/** What a tool answers, which orders the scripted engine what to say next. */
const SUNNY = JSON.stringify({ say: ['Sunny.'] });
const Mood = z.object({ mood: z.enum(['good', 'bad']), score: z.number() });
const MOOD = { mood: 'good', score: 2 };

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

// The majors have the same wire; their types differ in what these tests do not use.
describe.each([
  ['of this major', OpenAI],
  ['of the major before', OpenAIPrevious as unknown as typeof OpenAI],
])('the client of OpenAI %s', (_name, Client) => {
  const client = () => new Client({ baseURL: `${subject.url}/v1`, apiKey: subject.token, maxRetries: 0 });

  test('streams, and adds the pieces up to the same answer', async () => {
    const runner = client().chat.completions.stream({
      ...{ model, messages: order({ say: ['Hé', 'llo'] }), stream_options: { include_usage: true } },
    });
    const pieces: string[] = [];
    runner.on('content', (piece) => pieces.push(piece));
    expect(await runner.finalContent()).toBe('Héllo');
    expect(pieces).toEqual(['Hé', 'llo']);
    expect(await runner.totalUsage()).toMatchObject({ prompt_tokens: 10, completion_tokens: 2 });
  });

  test('aborts, and the place is free', async () => {
    const stream = await client().chat.completions.create({
      ...{ model, messages: order({ say: ['a'], after: 'hang' }), stream: true },
    });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) stream.controller.abort();
    const next = await client().chat.completions.create({ model, messages: order({ say: ['free'] }) });
    expect(next.choices[0]?.message.content).toBe('free');
  });

  test('runs tools', async () => {
    const asked: unknown[] = [];
    const runner = client().chat.completions.runTools({
      model,
      messages: order({ say: [CALL] }),
      tools: [
        {
          type: 'function',
          function: {
            ...{ name: 'weather', description: 'Tells the weather.', parameters, parse: JSON.parse },
            function: (args: unknown) => {
              asked.push(args);
              return SUNNY;
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe('Sunny.');
    expect(asked).toEqual([{ city: 'Bern' }]);
  });

  test('parses an answer by its schema', async () => {
    const answer = await client().chat.completions.parse({
      ...{ model, messages: order({ say: [JSON.stringify(MOOD)] }), response_format: zodResponseFormat(Mood, 'mood') },
    });
    expect(answer.choices[0]?.message.parsed).toEqual(MOOD);
  });

  test('embeds, in the encoding that it asks for by itself', async () => {
    const { data, usage } = await client().embeddings.create({ model: LEXICAL_MODEL, input: ['one', 'two'] });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([384, 384]);
    expect(usage.prompt_tokens).toBeGreaterThan(0);
  });

  test('throws its own errors', async () => {
    const create = (more: object) => client().chat.completions.create({ model, messages: order({ say: [] }), ...more });
    await expect(create({ model: 'none' })).rejects.toBeInstanceOf(Client.NotFoundError);
    await expect(create({ temperature: 9 })).rejects.toMatchObject({ status: 400, param: 'temperature' });
    const stranger = new Client({ baseURL: `${subject.url}/v1`, apiKey: 'tak_no', maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toBeInstanceOf(Client.AuthenticationError);
  });

  test('gets a response, whole and as events', async () => {
    const whole = await client().responses.create({ model, input: 'said back' });
    expect(whole.output_text).toBe('said back');
    const stream = client().responses.stream({ model, input: 'again', previous_response_id: whole.id });
    expect((await stream.finalResponse()).output_text).toBe('again');
  });
});

describe('the AI SDK of Vercel', () => {
  const provider = (apiKey = subject.token) =>
    createOpenAICompatible({
      ...{ name: 'tabagent', baseURL: `${subject.url}/v1`, apiKey },
      ...{ includeUsage: true, supportsStructuredOutputs: true },
    });
  const prompt = (script: object) => JSON.stringify(script);

  test('streams with counts, reasoning apart', async () => {
    const result = streamText({
      ...{ model: provider()(model), maxRetries: 0, prompt: prompt({ say: ['<think>hm</think>', 'Hé', 'llo'] }) },
    });
    const pieces: string[] = [];
    for await (const piece of result.textStream) pieces.push(piece);
    expect(pieces.join('')).toBe('Héllo');
    expect(pieces.length).toBeGreaterThan(1);
    expect(await result.reasoningText).toBe('hm');
    expect(await result.usage).toMatchObject({ inputTokens: 10, outputTokens: 3 });
    expect(await result.finishReason).toBe('stop');
  });

  test('aborts, and the place is free', async () => {
    const controller = new AbortController();
    const result = streamText({
      ...{ model: provider()(model), maxRetries: 0, abortSignal: controller.signal },
      prompt: prompt({ say: ['a'], after: 'hang' }),
    });
    for await (const part of result.fullStream) if (part.type === 'text-delta') controller.abort();
    const next = await generateText({ model: provider()(model), maxRetries: 0, prompt: prompt({ say: ['free'] }) });
    expect(next.text).toBe('free');
  });

  test('runs tools over several steps', async () => {
    const asked: unknown[] = [];
    const weather = tool({
      description: 'Tells the weather.',
      inputSchema: z.object({ city: z.string() }),
      execute(input) {
        asked.push(input);
        return SUNNY;
      },
    });
    const result = await generateText({
      ...{ model: provider()(model), maxRetries: 0, tools: { weather }, stopWhen: isStepCount(3) },
      prompt: prompt({ say: [CALL] }),
    });
    expect(result.text).toBe('Sunny.');
    expect(asked).toEqual([{ city: 'Bern' }]);
    expect(result.steps).toHaveLength(2);
  });

  test('gets an object by its schema', async () => {
    const { output } = await generateText({
      ...{ model: provider()(model), maxRetries: 0, output: Output.object({ schema: Mood }) },
      prompt: prompt({ say: [JSON.stringify(MOOD)] }),
    });
    expect(output).toEqual(MOOD);
  });

  test('embeds', async () => {
    const embedder = provider().embeddingModel(LEXICAL_MODEL);
    const { embeddings } = await embedMany({ model: embedder, values: ['one', 'two'], maxRetries: 0 });
    expect(embeddings.map(({ length }) => length)).toEqual([384, 384]);
  });

  test('throws its own errors, with what the server says', async () => {
    const failing = generateText({ model: provider()('none'), maxRetries: 0, prompt: 'x' });
    await expect(failing).rejects.toSatisfy(APICallError.isInstance);
    await expect(failing).rejects.toMatchObject({ statusCode: 404, isRetryable: false });
    await expect(generateText({ model: provider('tak_no')(model), maxRetries: 0, prompt: 'x' })).rejects.toMatchObject({
      statusCode: 401,
    });
  });
});

/** OpenAI's wire to the byte and through the official client, with an engine that says exactly what it is told. */
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InferenceHost, order, scriptedHost } from '../../support/inference.ts';

let subject: InferenceHost;
beforeAll(async () => {
  subject = await scriptedHost({ parallel: 2 });
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

const ask = (script: object, more: object = {}) => ({ model: 'test/tiny:F16', messages: order(script), ...more });
const call = (name: string, args: string) => `<tool_call>\n{"name": "${name}", "arguments": ${args}}\n</tool_call>`;
const tools = ['one', 'two'].map((name) => ({
  type: 'function' as const,
  function: { name, parameters: { type: 'object', properties: { a: { type: 'string' } } } },
}));

const masked = (text: string) =>
  text
    .replaceAll(/chatcmpl-[0-9a-f-]{36}/g, 'chatcmpl-<id>')
    .replaceAll(/"created":\d+/g, '"created":0')
    .replaceAll(/call_[\w-]+/g, 'call_<id>');

describe('a stream', () => {
  // Catches a role that comes twice, content in the last piece, usage without being asked, a missing end.
  test('is this, to the byte', async () => {
    const response = await subject.post('/v1/chat/completions', ask({ say: ['Hé', 'llo'] }, { stream: true }));
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(masked(await response.text())).toMatchInlineSnapshot(`
      "data: {"id":"chatcmpl-<id>","created":0,"model":"test/tiny:F16","system_fingerprint":"tabagent","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}

      data: {"id":"chatcmpl-<id>","created":0,"model":"test/tiny:F16","system_fingerprint":"tabagent","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hé"},"logprobs":null,"finish_reason":null}]}

      data: {"id":"chatcmpl-<id>","created":0,"model":"test/tiny:F16","system_fingerprint":"tabagent","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"llo"},"logprobs":null,"finish_reason":null}]}

      data: {"id":"chatcmpl-<id>","created":0,"model":"test/tiny:F16","system_fingerprint":"tabagent","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}

      data: [DONE]

      "
    `);
  });

  test('tells the counts in a piece without choices when they were asked for, and null before', async () => {
    const response = await subject.post(
      '/v1/chat/completions',
      ask({ say: ['a'], cached: 4 }, { stream: true, stream_options: { include_usage: true } }),
    );
    const lines = (await response.text())
      .split('\n\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice(6)));
    expect(lines.slice(0, -1).every(({ usage, choices }) => usage === null && choices.length === 1)).toBe(true);
    expect(lines.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11, prompt_tokens_details: { cached_tokens: 4 } },
    });
    expect(new Set(lines.map(({ id, created, model }) => JSON.stringify([id, created, model]))).size).toBe(1);
  });

  test('of n choices has one beginning and one end for each', async () => {
    const stream = await subject.sdk.chat.completions.create({ ...ask({ say: ['a', 'b'] }), n: 3, stream: true });
    const seen = new Map<number, string[]>();
    for await (const { choices } of stream)
      for (const { index, delta, finish_reason } of choices)
        seen.set(index, [...(seen.get(index) ?? []), delta.role ?? finish_reason ?? delta.content ?? '']);
    expect([...seen.values()]).toEqual(Array.from({ length: 3 }, () => ['assistant', 'a', 'b', 'stop']));
  });

  test('of an engine that ends tells it as an error of the client, without [DONE]; the next request works', async () => {
    const response = await subject.post('/v1/chat/completions', ask({ say: ['a'], after: 'crash' }, { stream: true }));
    const text = await response.text();
    expect(text).toContain('"content":"a"');
    expect(text).not.toContain('[DONE]');
    expect(JSON.parse(text.trim().split('\n').at(-1)?.slice(6) ?? '')).toMatchObject({
      status: 503,
      code: 'service_unavailable',
      reason: 'worker_crashed',
      error: { type: 'server_error', code: 'service_unavailable', message: expect.any(String) },
    });
    const stream = await subject.sdk.chat.completions.create({ ...ask({ say: ['a'], after: 'crash' }), stream: true });
    await expect(
      (async () => {
        for await (const _ of stream);
      })(),
    ).rejects.toBeInstanceOf(OpenAI.APIError);
    expect((await subject.sdk.chat.completions.create(ask({ say: ['b'] }))).choices[0]?.message.content).toBe('b');
  }, 30_000);
});

describe('tools', () => {
  test('several calls, cut anywhere, come as pieces that make JSON, with ids of their own', async () => {
    const text = `I ask.\n${call('one', '{"a": "}</tool_call> \\" x"}')}\n${call('two', '{}')}`;
    for (const size of [1, 3, 7, 500]) {
      const say = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      const final = await subject.sdk.chat.completions.stream({ ...ask({ say }), tools }).finalChatCompletion();
      const { message, finish_reason } = final.choices[0] ?? {};
      expect(finish_reason).toBe('tool_calls');
      expect(message?.content).toBe('I ask.');
      const calls = message?.tool_calls ?? [];
      expect(calls.map((one) => (one.type === 'function' ? [one.function.name, one.function.arguments] : []))).toEqual([
        ['one', '{"a": "}</tool_call> \\" x"}'],
        ['two', '{}'],
      ]);
      expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    }
  });

  test('without tools the same text is text', async () => {
    const text = call('one', '{}');
    const answer = await subject.sdk.chat.completions.create(ask({ say: [text] }));
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: text } });
  });

  test('are refused when they cannot be kept to', async () => {
    const status = async (more: object) => {
      const answer = await subject.post('/v1/chat/completions', ask({ say: [] }, more));
      return [answer.status, ((await answer.json()) as { error: { code: string; param: string } }).error];
    };
    const bad = { type: 'function', function: { name: 'a', parameters: { type: 'object', not: {} } } };
    expect(await status({ tools: [bad] })).toEqual([
      400,
      expect.objectContaining({ code: 'unsupported_parameter', param: 'tools.0.function.parameters' }),
    ]);
    expect(await status({ tools, tool_choice: { type: 'function', function: { name: 'three' } } })).toEqual([
      400,
      expect.objectContaining({ param: 'tool_choice' }),
    ]);
    expect(await status({ tool_choice: 'required' })).toEqual([400, expect.objectContaining({ param: 'tool_choice' })]);
    expect(await status({ tools: [{ type: 'web_search' }] })).toEqual([
      400,
      expect.objectContaining({ param: 'tools' }),
    ]);
  });
});

test('reasoning is told apart from the answer, and counted', async () => {
  const say = ['<th', 'ink>', 'hm', 'm</thi', 'nk>\n\n', 'yes'];
  const answer = await subject.sdk.chat.completions.create(ask({ say }));
  expect(answer.choices[0]?.message).toMatchObject({ content: 'yes', reasoning_content: 'hmm' });
  expect(answer.usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0);
});

describe('errors are those of the client', () => {
  test('an unknown model, a wrong field, what is not done', async () => {
    await expect(subject.sdk.chat.completions.create({ ...ask({}), model: 'none' })).rejects.toMatchObject({
      constructor: OpenAI.NotFoundError,
      code: 'model_not_found',
    });
    await expect(subject.sdk.chat.completions.create({ ...ask({}), temperature: 3 })).rejects.toMatchObject({
      constructor: OpenAI.BadRequestError,
      param: 'temperature',
    });
    await expect(
      new OpenAI({ baseURL: `${subject.url}/v1`, apiKey: 'tak_no', maxRetries: 0 }).models.list(),
    ).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });

  test('an image for a model that does not see', async () => {
    const messages = [
      {
        role: 'user' as const,
        content: [{ type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AA==' } }],
      },
    ];
    await expect(subject.sdk.chat.completions.create({ model: 'test/tiny:F16', messages })).rejects.toMatchObject({
      code: 'unsupported_parameter',
    });
  });
});

describe('leaving and stopping', () => {
  const active = async () =>
    (await subject.host.client.call('get_loaded_models', {})).models.map((model) => model.active_requests);

  test('a client that leaves ends the generation', async () => {
    const stream = await subject.sdk.chat.completions.create({ ...ask({ say: ['a'], after: 'hang' }), stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    await expect.poll(active).toEqual([0]);
    const controller = new AbortController();
    const whole = subject.post('/v1/chat/completions', ask({ say: ['a'], after: 'hang' }), controller.signal);
    await expect.poll(active).toEqual([1]);
    controller.abort();
    await expect(whole).rejects.toThrow();
    await expect.poll(active).toEqual([0]);
  });

  test('an order to stop ends it in order: what was written is the answer', async () => {
    const response = await subject.post(
      '/v1/chat/completions',
      ask({ say: ['so ', 'far'], after: 'hang' }, { stream: true }),
    );
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('far')) text += (await reader?.read())?.value ?? '';
    const id = /chatcmpl-[0-9a-f-]+/.exec(text)?.[0];
    const stopped = await (await subject.post('/v1/generation/stop', { request_id: id })).json();
    expect(stopped).toMatchObject({ status: 'stopped', stopped_requests: 1, success: true });
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) text += next.value;
    expect(text).toContain('"finish_reason":"stop"');
    expect(text).toContain('"stopped":true');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(await (await subject.post('/v1/halt', {})).json()).toMatchObject({ status: 'not_running' });
  });
});

test('a model that is pinned says so, and one that only never idles does not', async () => {
  const load = async (ttl_seconds: number) => {
    await subject.post('/v1/models/load', { model_id: 'test/tiny-2:F16', ttl_seconds, wait: true });
    const { models } = await subject.host.client.call('get_loaded_models', {});
    return models.find(({ id }) => id === 'test/tiny-2:F16');
  };
  expect(await load(0)).toMatchObject({ ttl_seconds: null, pinned: true });
  expect(await load(60)).toMatchObject({ ttl_seconds: 60, pinned: false });
});

test('models are listed and told as clients know them', async () => {
  const list = await subject.sdk.models.list();
  expect(list.data.every(({ object }) => object === 'model')).toBe(true);
  expect(list.data.map(({ id }) => id)).toContain('test/tiny:F16');
  const { data } = (await (
    await fetch(`${subject.url}/v1/models?filter=embedding`, { headers: { 'x-api-key': subject.token } })
  ).json()) as typeof list;
  expect(data.map(({ id }) => id)).toEqual(['test/vectors:F16']);
  expect(await subject.sdk.models.retrieve('test/tiny:F16')).toMatchObject({
    id: 'test/tiny:F16',
    owned_by: 'tabagent',
  });
});

test('a ranking is best first, with what was asked for of each document', async () => {
  const ask = { model: 'test/ranker:F16', query: 'x', documents: ['0.2', '0.9', { text: '0.5' }] };
  const rank = async (more: object) => (await subject.post('/v1/rerank', { ...ask, ...more })).json();
  expect(await rank({})).toMatchObject({
    object: 'list',
    model: 'test/ranker:F16',
    results: [
      { index: 1, relevance_score: 0.9, document: '0.9' },
      { index: 2, relevance_score: 0.5, document: '0.5' },
      { index: 0, relevance_score: 0.2, document: '0.2' },
    ],
    count: 3,
    usage: { total_tokens: 1 },
  });
  expect(await rank({ top_n: 1, return_documents: true })).toMatchObject({
    results: [{ index: 1, document: { text: '0.9' } }],
  });
  expect((await rank({ return_documents: false })) as { results: object[] }).not.toHaveProperty('results.0.document');
  expect(await rank({ top_n: 4 })).toMatchObject({
    errors: { top_n: 'top_n must be between 1 and 3 (document count)' },
  });
  expect(await rank({ model: 'test/tiny:F16' })).toMatchObject({ code: 'model_not_found' });
});

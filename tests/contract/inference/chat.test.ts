/** Chat and completions over HTTP, with a small real model in the real engine. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineProcess, type InferenceHost, realHost } from '../../support/inference.ts';
import { vocabulary } from '../../support/models/llama-model.ts';

let subject: InferenceHost;
beforeAll(async () => {
  subject = await realHost({ parallel: 2 });
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

const hello = {
  model: 'test/tiny:F16',
  messages: [{ role: 'user' as const, content: 'the people' }],
  max_tokens: 12,
  temperature: 0,
};

describe('a real model', () => {
  // Catches counts or texts that differ between the two forms of the same answer.
  test('streamed and at once: the same text and the same counts', async () => {
    const whole = await subject.sdk.chat.completions.create(hello);
    const stream = await subject.sdk.chat.completions.create({
      ...hello,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let usage: unknown;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(usage).toMatchObject({ prompt_tokens: whole.usage?.prompt_tokens, completion_tokens: 12 });
    expect(whole.choices[0]?.finish_reason).toBe('length');
  });

  // Catches a turn that is ended before it is gone on with, and white space at its end that a template trims.
  test('an answer that is gone on with is the end of the prompt', async () => {
    const tokensOf = async (said: string | null, more: object = {}) => {
      const answer = said === null ? [] : [{ role: 'assistant' as const, content: said }];
      const messages = [...hello.messages, ...answer];
      return (await subject.sdk.chat.completions.create({ ...hello, ...more, messages })).usage?.prompt_tokens ?? 0;
    };
    const goOn = { continue_final_message: true };
    const [asked, open, spaced] = [await tokensOf(null), await tokensOf('the', goOn), await tokensOf('the  ', goOn)];
    expect(open).toBeGreaterThan(asked);
    expect(open).toBeLessThan(await tokensOf('the'));
    expect(spaced).toBeGreaterThan(open);
    await expect(tokensOf(null, goOn)).rejects.toMatchObject({ code: 'unsupported_parameter' });
  });

  test('a completion is that of the prompt, with probabilities', async () => {
    const answer = await subject.sdk.completions.create({
      model: 'test/tiny:F16',
      prompt: 'the people',
      max_tokens: 8,
      temperature: 0,
      logprobs: 2,
      echo: true,
    });
    const [choice] = answer.choices;
    expect(choice?.text.startsWith('the people')).toBe(true);
    expect(`the people${choice?.logprobs?.tokens?.join('')}`).toBe(choice?.text);
    expect(choice?.logprobs?.text_offset?.[0]).toBe('the people'.length);
  });

  test('a schema binds the answer', async () => {
    const schema = {
      type: 'object',
      properties: { ok: { type: 'boolean' } },
      required: ['ok'],
      additionalProperties: false,
    };
    const answer = await subject.sdk.chat.completions.create({
      ...hello,
      max_tokens: 60,
      response_format: { type: 'json_schema', json_schema: { name: 'ok', schema, strict: true } },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ ok: expect.any(Boolean) });
  });

  test('a required call of a tool has arguments that fit, at once and streamed', async () => {
    const tool = {
      type: 'function' as const,
      function: {
        name: 'weather',
        parameters: {
          type: 'object',
          properties: { days: { type: 'integer', minimum: 1, maximum: 7 } },
          required: ['days'],
        },
      },
    };
    const ask = {
      ...hello,
      max_tokens: 120,
      tools: [tool],
      tool_choice: 'required' as const,
      parallel_tool_calls: false,
    };
    const whole = await subject.sdk.chat.completions.create(ask);
    const streamed = await subject.sdk.chat.completions.stream(ask).finalChatCompletion();
    for (const { choices } of [whole, streamed]) {
      const [call] = choices[0]?.message.tool_calls ?? [];
      expect(choices[0]?.finish_reason).toBe('tool_calls');
      if (call?.type !== 'function') throw new Error('no call');
      expect(call.function.name).toBe('weather');
      expect(JSON.parse(call.function.arguments)).toEqual({ days: expect.any(Number) });
    }
  });

  // Catches a grammar that begins a token too late or keeps what the model wrote before it: the arguments would be no JSON.
  test.each([
    '<tool_call>',
    '<tool_call>{"',
  ])('a model that opens a call by itself, with %j, is bound from there on', async (opening) => {
    const token = vocabulary().findIndex(({ text }) => text === opening);
    const parameters = {
      type: 'object',
      properties: { days: { type: 'integer', minimum: 1, maximum: 7 } },
      required: ['days'],
    };
    const answer = await subject.sdk.chat.completions.create({
      ...hello,
      max_tokens: 120,
      tools: [{ type: 'function', function: { name: 'weather', parameters } }],
      parallel_tool_calls: false,
      logit_bias: { [token]: 100 },
    });
    const [choice] = answer.choices;
    expect(choice).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
    const [call] = choice?.message.tool_calls ?? [];
    expect(JSON.parse(call?.type === 'function' ? call.function.arguments : '')).toEqual({ days: expect.any(Number) });
  });

  // Catches a list that the host takes and the engine does not: it ended the engine, with the requests of all callers.
  test('more biased tokens than engines take are refused', async () => {
    const logit_bias = Object.fromEntries(Array.from({ length: 1025 }, (_, token) => [token, 1]));
    const refused = await subject.post('/v1/chat/completions', { ...hello, logit_bias });
    expect([refused.status, await refused.json()]).toMatchObject([422, { error: { param: 'logit_bias' } }]);
  });

  test('n choices differ by their seeds and are the same each time', async () => {
    const ask = { ...hello, n: 2, seed: 5, temperature: 1.5 };
    const texts = async () =>
      (await subject.sdk.chat.completions.create(ask)).choices.map(({ message }) => message.content);
    const [one, again] = [await texts(), await texts()];
    expect(again).toEqual(one);
    expect(one[0]).not.toBe(one[1]);
  });

  test('a prompt that does not fit is refused, or shortened when that was asked for and then told', async () => {
    const turns = Array.from({ length: 40 }, (_, index) => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      content: 'the people of the word',
    }));
    const messages = [...turns, { role: 'user', content: 'now' }];
    const refused = await subject.post('/v1/chat/completions', { ...hello, messages });
    expect([refused.status, await refused.json()]).toEqual([
      400,
      expect.objectContaining({
        code: 'context_length_exceeded',
        context_length: 512,
        prompt_tokens: expect.any(Number),
      }),
    ]);
    const shortened = await subject.post('/v1/chat/completions', { ...hello, messages, truncation: 'auto' });
    expect(await shortened.json()).toMatchObject({ truncated: { dropped_messages: expect.any(Number) } });
  });
});

// Catches figures that nobody fills in, and panels that show a model as loaded after it has gone.
test('loading and computing shows in figures, resources and live changes', async () => {
  const changes: string[] = [];
  const stop = subject.host.changes.subscribe(({ type }) => changes.push(type));
  const model = 'test/tiny-2:F16';
  const loaded = await (
    await subject.post('/v1/models/load', { model_id: model, context_length: 256, wait: true })
  ).json();
  expect(loaded).toMatchObject({ status: 'loaded', model_id: model, job_id: null });
  expect(changes).toContain('model.updated');
  await subject.sdk.chat.completions.create({ ...hello, model });
  const get = async (path: string) => fetch(subject.url + path, { headers: { 'x-api-key': subject.token } });
  expect(await (await get('/v1/stats')).json()).toMatchObject({
    output_tokens: 12,
    successful_requests: expect.any(Number),
  });
  const metrics = await (await get('/metrics')).text();
  expect(metrics).toContain(`tabagent_tokens_total{model="${model}",kind="completion"} 12`);
  expect(metrics).toMatch(/tabagent_inference_total\{model="[^"]+",work="generate",outcome="done"\} \d+/);
  expect(metrics).toMatch(/tabagent_inference_seconds_total\{model="[^"]+",work="generate"\} [\d.]+/);
  expect(metrics).toMatch(/tabagent_model_moves_total\{model="[^"]+",cause="load"\} \d+/);
  expect(metrics).toMatch(new RegExp(`tabagent_model_memory_bytes\\{model="${model}"\\} \\d+`));
  const { loaded_models } = (await (await get('/v1/resources')).json()) as { loaded_models: { model_id: string }[] };
  expect(loaded_models.map(({ model_id }) => model_id)).toContain(model);
  changes.length = 0;
  expect(await (await subject.post('/v1/models/unload', { model })).json()).toMatchObject({ status: 'unloaded' });
  expect(changes).toContain('model.updated');
  stop();
});

// Catches a place that is lost when its caller leaves in the queue, in the prompt, or at the same moment as the last token.
test('1000 callers that leave at random moments leave no busy place', async () => {
  const random = (() => {
    let state = 42;
    return () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state / 2_147_483_648;
    };
  })();
  const deadline = performance.now() + 20_000;
  let left = 0;
  async function one() {
    while (left < 1000 && performance.now() < deadline) {
      left += 1;
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), random() * 40);
      const body = {
        ...hello,
        max_tokens: 400,
        stream: random() < 0.5,
        messages: [{ role: 'user', content: 'the '.repeat(1 + random() * 60) }],
      };
      await subject
        .post('/v1/chat/completions', body, controller.signal)
        .then((answer) => answer.text())
        .catch(() => undefined);
      clearTimeout(timer);
    }
  }
  await Promise.all(Array.from({ length: 6 }, one));
  expect(left).toBeGreaterThan(300);
  await expect
    .poll(
      async () => {
        const { models } = await subject.host.client.call('get_loaded_models', {});
        return models.reduce((sum, { active_requests, queued_requests }) => sum + active_requests + queued_requests, 0);
      },
      { timeout: 15_000 },
    )
    .toBe(0);
  const { models } = await subject.host.client.call('get_loaded_models', {});
  expect(models.flatMap(({ slots }) => slots)).toContainEqual({ busy: false, busy_seconds: 0 });
  expect(models.some(({ slots }) => slots.some(({ busy }) => busy))).toBe(false);
  expect((await subject.sdk.chat.completions.create(hello)).usage?.completion_tokens).toBe(12);
}, 120_000);

// Catches a model that is loaded on another device than was asked for, without a word.
test('a device that the engine does not have is refused', async () => {
  const answer = await subject.post('/v1/models/load', { model_id: 'test/tiny-2:F16', device: 'cuda:0', wait: true });
  expect([answer.status, await answer.json()]).toEqual([
    400,
    expect.objectContaining({ errors: { device: 'the engine computes on cpu here' } }),
  ]);
  const loaded = await subject.post('/v1/models/load', { model_id: 'test/tiny-2:F16', device: 'cpu', wait: true });
  expect(await loaded.json()).toMatchObject({ status: 'loaded' });
});

// Catches a client that waits for ever on an engine that is gone, and a model that the host still takes for loaded.
test('kill -9 of the engine in the middle of a stream: a typed error, and the next request works', async () => {
  const engine = engineProcess('llama');
  const response = await subject.post('/v1/chat/completions', { ...hello, max_tokens: 400, stream: true });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader?.read())?.value ?? '';
  process.kill(engine, 'SIGKILL');
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) text += next.value;
  expect(text).not.toContain('[DONE]');
  expect(JSON.parse(text.trim().split('\n').at(-1)?.slice(6) ?? '')).toMatchObject({
    status: 503,
    reason: 'worker_crashed',
    error: { type: 'server_error' },
  });
  expect((await subject.sdk.chat.completions.create(hello)).usage?.completion_tokens).toBe(12);
});

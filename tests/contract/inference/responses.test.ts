/** Responses through the official client, with an engine that says exactly what it is told. */
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InferenceHost, order, scriptedHost } from '../../support/inference.ts';

let subject: InferenceHost;
beforeAll(async () => {
  subject = await scriptedHost({ parallel: 2 });
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

const model = 'test/tiny:F16';
const ask = (script: object) => ({ model, input: order(script) });
const call = (name: string, args: string) => `<tool_call>\n{"name": "${name}", "arguments": ${args}}\n</tool_call>`;
const tools = [
  {
    type: 'function' as const,
    name: 'one',
    parameters: { type: 'object', properties: { a: { type: 'string' } } },
    strict: false,
  },
];

/** Types of a stream, its items in place of their deltas. */
async function eventsOf(body: Parameters<typeof subject.sdk.responses.create>[0]) {
  const stream = await subject.sdk.responses.create({ ...body, stream: true });
  const events = [];
  for await (const event of stream as AsyncIterable<OpenAI.Responses.ResponseStreamEvent>) events.push(event);
  return events;
}

test('an answer at once', async () => {
  const answer = await subject.sdk.responses.create({
    ...ask({ say: ['Hé', 'llo'], cached: 3 }),
    instructions: 'Be kind.',
    metadata: { a: 'b' },
  });
  expect(answer).toMatchObject({
    object: 'response',
    status: 'completed',
    model,
    output_text: 'Héllo',
    instructions: 'Be kind.',
    metadata: { a: 'b' },
    error: null,
    output: [
      {
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Héllo', annotations: [] }],
      },
    ],
    usage: { input_tokens: 10, output_tokens: 2, total_tokens: 12, input_tokens_details: { cached_tokens: 3 } },
  });
});

describe('a stream', () => {
  // Catches events out of order, numbers that repeat, and a response in the end that is not what was streamed.
  test('has the events of each item in order, numbered without a gap', async () => {
    const say = ['<think>', 'hm', '</think>', 'So ', 'it is. ', call('one', '{"a": "x"}')];
    const events = await eventsOf({ ...ask({ say }), tools });
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
    expect(events.map(({ type }) => type.replace('response.', ''))).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'reasoning_text.delta',
      'reasoning_text.done',
      'output_item.done',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'completed',
    ]);
    const last = events.at(-1);
    if (last?.type !== 'response.completed') throw new Error('not completed');
    expect(last.response.output.map((item) => item.type)).toEqual(['reasoning', 'message', 'function_call']);
    const done = events.flatMap((event) => (event.type === 'response.output_item.done' ? [event.item] : []));
    expect(last.response.output).toEqual(done);
  });

  test('is named by its type on the wire, and has no [DONE]', async () => {
    const text = await (await subject.post('/v1/responses', { ...ask({ say: ['a'] }), stream: true })).text();
    expect(text).not.toContain('[DONE]');
    for (const block of text.trim().split('\n\n')) {
      const [event, data] = block.split('\n');
      expect(event).toBe(`event: ${JSON.parse(data?.slice(6) ?? '').type}`);
    }
  });

  test('of an answer that was cut is incomplete; of an engine that ends it has failed', async () => {
    expect((await eventsOf(ask({ say: ['a'], end: 'length' }))).at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    });
    expect((await eventsOf(ask({ say: ['a'], after: 'crash' }))).at(-1)).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'service_unavailable' }, output_text: 'a' },
    });
    await expect(subject.sdk.responses.create(ask({ say: ['a'], after: 'crash' }))).rejects.toMatchObject({
      status: 503,
    });
  }, 30_000);

  test('that cannot begin has its status', async () => {
    await expect(eventsOf({ ...ask({}), model: 'none' })).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });
});

describe('what was stored', () => {
  const countOf = async (response: OpenAI.Responses.Response) =>
    (await subject.sdk.responses.inputItems.list(response.id)).data.length;

  test('is gone on from, told and forgotten', async () => {
    const first = await subject.sdk.responses.create({ model, input: 'one', instructions: 'not carried on' });
    const second = await subject.sdk.responses.create({ ...ask({ say: ['two'] }), previous_response_id: first.id });
    expect(second.previous_response_id).toBe(first.id);
    expect(await subject.sdk.responses.retrieve(second.id)).toMatchObject({ id: second.id, output_text: 'two' });
    expect(await countOf(first)).toBe(1);
    await subject.sdk.responses.delete(first.id);
    await expect(subject.sdk.responses.retrieve(first.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(
      subject.sdk.responses.create({ model, input: 'x', previous_response_id: second.id }),
    ).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  test('is nothing when that was asked for, and belongs to its caller', async () => {
    const kept = await subject.sdk.responses.create({ model, input: 'one', store: false });
    await expect(subject.sdk.responses.retrieve(kept.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    const mine = await subject.sdk.responses.create({ model, input: 'one' });
    const { key } = await subject.host.client.call('keys_create', {
      name: 'other',
      scopes: ['run'],
      areas: ['models'],
    });
    const other = new OpenAI({ baseURL: `${subject.url}/v1`, apiKey: key, maxRetries: 0 });
    await expect(other.responses.retrieve(mine.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });
});

test('a schema that cannot be kept to is refused by its place', async () => {
  const text = { format: { type: 'json_schema', name: 'x', schema: { type: 'object', not: {} } } };
  const answer = await subject.post('/v1/responses', { ...ask({ say: [] }), text });
  expect(await answer.json()).toMatchObject({ error: { param: 'text.format.schema' }, pointer: '#/not' });
});

test('the results of calls reach the model as such', async () => {
  const input = [
    { role: 'user' as const, content: 'x' },
    { type: 'function_call' as const, call_id: 'c1', name: 'one', arguments: '{"a": "b"}' },
    { type: 'function_call_output' as const, call_id: 'c1', output: JSON.stringify({ say: ['done'] }) },
  ];
  expect((await subject.sdk.responses.create({ model, input, tools })).output_text).toBe('done');
});

describe('a response that is being written', () => {
  // Catches a cancel that is told as a success of the model, and one that another caller can order.
  test('is ended by who asked for it; its stream and what is stored say so', async () => {
    const stream = await subject.sdk.responses.create({ ...ask({ say: ['So ', 'far'], after: 'hang' }), stream: true });
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    let cancelled: Promise<OpenAI.Responses.Response> | undefined;
    let id = '';
    for await (const event of stream) {
      events.push(event);
      if (event.type === 'response.created') id = event.response.id;
      if (event.type === 'response.output_text.delta' && event.delta === 'far')
        cancelled = subject.sdk.responses.cancel(id);
    }
    expect(await cancelled).toMatchObject({ id, status: 'cancelled', output_text: 'So far' });
    expect(events.at(-1)).toMatchObject({ type: 'response.incomplete', response: { status: 'cancelled' } });
    expect(await subject.sdk.responses.retrieve(id)).toMatchObject({ status: 'cancelled', output_text: 'So far' });
    expect(await subject.sdk.responses.cancel(id)).toMatchObject({ status: 'cancelled' });
  });

  test('that has ended is not ended again, and one that is not there is not found', async () => {
    const { id } = await subject.sdk.responses.create(ask({ say: ['done'] }));
    await expect(subject.sdk.responses.cancel(id)).rejects.toMatchObject({ status: 409, code: 'invalid_state' });
    await expect(subject.sdk.responses.cancel('resp_none')).rejects.toMatchObject({ status: 404 });
  });
});

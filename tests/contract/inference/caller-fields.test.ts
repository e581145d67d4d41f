/** Which field an error names: always one of the request that was sent, whatever it became on the way to the model. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type InferenceHost, order, scriptedHost } from '../../support/inference.ts';

let subject: InferenceHost;
beforeAll(async () => {
  subject = await scriptedHost();
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

const model = 'test/tiny:F16';
const never = { type: 'object', not: {} };
/** A text for which the engine refuses a field. */
const refusing = (field: string) => JSON.stringify({ refuse: field });
const user = { role: 'user', content: 'x' };
const call = (args: string) => ({ type: 'function_call', call_id: 'c', name: 'one', arguments: args });
const tool = (parameters: Record<string, unknown>) => ({ type: 'function', name: 'one', parameters });

async function paramOf(path: string, body: object): Promise<{ param: unknown; message: string }> {
  const answer = await subject.post(path, { model, ...body });
  expect(answer.ok).toBe(false);
  return ((await answer.json()) as { error: { param: unknown; message: string } }).error;
}

// Catches a message number of a chat that the caller never wrote.
test.each<[string, object]>([
  ['input', { input: order({ refuse: 'messages' }) }],
  ['input', { input: [user, { role: 'user', content: refusing('messages') }], instructions: 'Be kind.' }],
  ['input.1.content', { input: [user, { role: 'user', content: [{ type: 'input_image' }] }] }],
  ['input.0.output', { input: [{ type: 'function_call_output', call_id: 'c', output: [{ type: 'input_file' }] }] }],
  ['input.1.arguments', { input: [user, call('[1]')], instructions: 'Be kind.' }],
  ['input.2.arguments', { input: [user, call('{}'), call('no'), user] }],
  ['input.3.arguments', { input: [{ type: 'reasoning' }, user, call('{}'), call('1')] }],
  ['text.format.schema', { input: 'x', text: { format: { type: 'json_schema', name: 'x', schema: never } } }],
  ['text.format', { input: 'x', text: { format: { type: 'json_object' } }, tools: [tool({})] }],
  ['text.format', { input: order({ refuse: 'response_format' }) }],
  ['max_output_tokens', { input: order({ refuse: 'max_tokens' }) }],
  ['tools.1.parameters', { input: 'x', tools: [{ ...tool({}), name: 'two' }, tool(never)] }],
  ['tool_choice', { input: 'x', tool_choice: 'required' }],
  ['tools', { input: order({ refuse: 'tools' }) }],
  ['input.0', { input: [{ role: 'nobody', content: 'x' }] }],
  ['max_output_tokens', { input: 'x', max_output_tokens: 0 }],
])('a response names %s', async (param, body) => {
  const error = await paramOf('/v1/responses', body);
  expect(error.param).toBe(param);
  expect(error.message).not.toMatch(/messages|response_format|max_tokens|\.function/);
});

test('what an earlier response has left is named by its id', async () => {
  const first = await subject.sdk.responses.create({
    ...{ model, input: 'x', tools: [{ ...tool({ type: 'object' }), type: 'function', strict: false }] },
  });
  const error = await paramOf('/v1/responses', { previous_response_id: first.id, input: [call('no')] });
  expect(error.param).toBe('input.0.arguments');
});

test.each<[string, object]>([
  ['prompt', { prompt: refusing('messages') }],
  ['prompt.1', { prompt: ['x', refusing('messages')], n: 2 }],
  ['max_tokens', { prompt: 'x', max_tokens: 0 }],
  ['suffix', { prompt: 'x', suffix: 'y' }],
])('a completion names %s', async (param, body) => {
  const error = await paramOf('/v1/completions', body);
  expect(error.param).toBe(param);
  expect(error.message).not.toContain('messages');
});

const assistant = (...args: string[]) => ({
  ...{ role: 'assistant', content: '' },
  tool_calls: args.map((text) => ({ id: 'c', type: 'function', function: { name: 'one', arguments: text } })),
});
test.each<[string, object]>([
  ['messages', { messages: [{ role: 'user', content: refusing('messages') }] }],
  ['messages.1.tool_calls.1.function.arguments', { messages: [user, assistant('{}', '[]'), user] }],
  ['messages.0.content', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] }],
  [
    'tools.0.function.parameters',
    { messages: [user], tools: [{ type: 'function', function: { name: 'a', parameters: never } }] },
  ],
])('a chat names %s', async (param, body) => {
  expect((await paramOf('/v1/chat/completions', body)).param).toBe(param);
});

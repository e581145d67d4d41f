/** R07 and B52: responses, as OpenAI's clients know them, with the events of their streams. */
import { z } from 'zod';
import { call, callOrStream } from '../../kernel/define.ts';
import { Json, JsonObject } from '../../kernel/scalars.ts';
import { Logprob } from '../engine.ts';
import { MAX_PARTS, MAX_TURNS, model, streamFields, Truncation } from './shared.ts';

const Part = z.object({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() });

/** What a conversation is made of. Items of other kinds are refused, but for reasoning, which is left out. */
export const InputItem = z.union([
  z.object({ type: z.literal('function_call'), call_id: z.string(), name: z.string(), arguments: z.string() }),
  z.object({
    type: z.literal('function_call_output'),
    call_id: z.string(),
    output: z.union([z.string(), z.array(Part).max(MAX_PARTS)]),
  }),
  z.object({ type: z.literal('reasoning') }),
  z.object({
    type: z.literal('message').optional(),
    role: z.enum(['system', 'developer', 'user', 'assistant']),
    content: z.union([z.string(), z.array(Part).max(MAX_PARTS)]),
  }),
]);
export type InputItem = z.infer<typeof InputItem>;

const FunctionTool = z.object({
  type: z.string(),
  name: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, - or _')
    .optional(),
  description: z.string().nullish(),
  parameters: JsonObject.nullish(),
  strict: z.boolean().nullish(),
});

const TextFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({ type: z.literal('json_schema'), name: z.string(), schema: JsonObject, strict: z.boolean().nullish() }),
]);

const ResponseInput = z.object({
  model,
  input: z.union([z.string().min(1), z.array(InputItem).min(1).max(MAX_TURNS)]),
  instructions: z.string().nullish(),
  previous_response_id: z.string().max(64).nullish(),
  store: z.boolean().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  max_output_tokens: z.int().min(1).max(100_000).nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  tools: z.array(FunctionTool).max(128).nullish(),
  tool_choice: z
    .union([z.enum(['none', 'auto', 'required']), z.object({ type: z.string(), name: z.string() })])
    .nullish(),
  text: z.object({ format: TextFormat.nullish() }).nullish(),
  seed: z.int().nullish(),
  stream: streamFields.stream,
  background: z.boolean().nullish(),
  conversation: z.unknown().optional(),
  prompt: z.unknown().optional(),
});
export type ResponseInput = z.output<typeof ResponseInput>;

const ItemStatus = z.enum(['in_progress', 'completed', 'incomplete']);
const OutputText = z.object({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(z.never()),
  logprobs: z.array(Logprob),
});
const ReasoningText = z.object({ type: z.literal('reasoning_text'), text: z.string() });

export const OutputItem = z.discriminatedUnion('type', [
  z.object({
    id: z.string(),
    type: z.literal('message'),
    role: z.literal('assistant'),
    status: ItemStatus,
    content: z.array(OutputText),
  }),
  z.object({
    id: z.string(),
    type: z.literal('function_call'),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
    status: ItemStatus,
  }),
  z.object({
    id: z.string(),
    type: z.literal('reasoning'),
    summary: z.array(z.never()),
    content: z.array(ReasoningText),
  }),
]);
export type OutputItem = z.infer<typeof OutputItem>;

export const ResponseObject = z.object({
  id: z.string(),
  object: z.literal('response'),
  created_at: z.int(),
  completed_at: z.int().nullable(),
  status: z.enum(['completed', 'incomplete', 'failed', 'in_progress', 'cancelled']),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  incomplete_details: z.object({ reason: z.enum(['max_output_tokens', 'content_filter']) }).nullable(),
  instructions: z.string().nullable(),
  max_output_tokens: z.int().nullable(),
  metadata: z.record(z.string(), z.string()),
  model: z.string(),
  output: z.array(OutputItem),
  output_text: z.string(),
  parallel_tool_calls: z.boolean(),
  previous_response_id: z.string().nullable(),
  store: z.boolean(),
  temperature: z.number().nullable(),
  top_p: z.number().nullable(),
  text: z.object({ format: JsonObject }),
  tool_choice: Json,
  tools: z.array(JsonObject),
  truncation: z.enum(['auto', 'disabled']),
  usage: z
    .object({
      input_tokens: z.int(),
      input_tokens_details: z.object({ cached_tokens: z.int(), cache_write_tokens: z.int() }),
      output_tokens: z.int(),
      output_tokens_details: z.object({ reasoning_tokens: z.int() }),
      total_tokens: z.int(),
    })
    .nullable(),
  /** The text again, for older clients. */
  response: z.string(),
  stream: z.boolean(),
  stopped: z.literal(true).optional(),
  truncated: Truncation.optional(),
});
export type ResponseObject = z.infer<typeof ResponseObject>;

const seq = { sequence_number: z.int().min(0) };
const at = { ...seq, item_id: z.string(), output_index: z.int() };
const content = { ...at, content_index: z.literal(0) };
const whole = <T extends string>(type: T) => z.object({ type: z.literal(type), ...seq, response: ResponseObject });
const item = <T extends string>(type: T) =>
  z.object({ type: z.literal(type), ...seq, output_index: z.int(), item: OutputItem });

/** Events of a stream, in this order; see docs/guide/inference.md. */
export const ResponseEvent = z.discriminatedUnion('type', [
  whole('response.created'),
  whole('response.in_progress'),
  item('response.output_item.added'),
  z.object({ type: z.literal('response.content_part.added'), ...content, part: OutputText }),
  z.object({
    type: z.literal('response.output_text.delta'),
    ...content,
    delta: z.string(),
    logprobs: z.array(Logprob),
  }),
  z.object({ type: z.literal('response.output_text.done'), ...content, text: z.string(), logprobs: z.array(Logprob) }),
  z.object({ type: z.literal('response.content_part.done'), ...content, part: OutputText }),
  z.object({ type: z.literal('response.function_call_arguments.delta'), ...at, delta: z.string() }),
  z.object({
    type: z.literal('response.function_call_arguments.done'),
    ...at,
    name: z.string(),
    arguments: z.string(),
  }),
  z.object({ type: z.literal('response.reasoning_text.delta'), ...content, delta: z.string() }),
  z.object({ type: z.literal('response.reasoning_text.done'), ...content, text: z.string() }),
  item('response.output_item.done'),
  whole('response.completed'),
  whole('response.incomplete'),
  whole('response.failed'),
]);
export type ResponseEvent = z.infer<typeof ResponseEvent>;

const shared = { row: 'B52', tags: ['Chat', 'OpenAI'], area: 'models', openai: true } as const;
const Id = z.object({ id: z.string().min(1).max(64) });

export const responseOperations = {
  responses: callOrStream(ResponseInput, ResponseObject, ResponseEvent, {
    ...shared,
    row: 'R07',
    summary: 'Answer a conversation that the host may remember',
    scope: 'run',
    tier: 'inference',
    payload: 'documents',
    localWithoutKey: true,
    audited: false,
    http: { method: 'POST', path: '/v1/responses' },
  }),
  responses_get: call(Id, ResponseObject, {
    ...shared,
    summary: 'A response that was stored',
    scope: 'read',
    localWithoutKey: true,
    http: { method: 'GET', path: '/v1/responses/{id}' },
  }),
  responses_input_items: call(
    Id,
    z.object({
      object: z.literal('list'),
      data: z.array(JsonObject),
      first_id: z.string().nullable(),
      last_id: z.string().nullable(),
      has_more: z.literal(false),
    }),
    {
      ...shared,
      summary: 'What a stored response was asked',
      scope: 'read',
      localWithoutKey: true,
      http: { method: 'GET', path: '/v1/responses/{id}/input_items' },
    },
  ),
  responses_cancel: call(Id, ResponseObject, {
    ...shared,
    summary: 'End a response that is being written; what was written so far is its output',
    scope: 'run',
    idempotent: true,
    audited: false,
    localWithoutKey: true,
    http: { method: 'POST', path: '/v1/responses/{id}/cancel' },
  }),
  responses_delete: call(Id, z.object({ id: z.string(), object: z.literal('response'), deleted: z.literal(true) }), {
    ...shared,
    summary: 'Forget a stored response',
    scope: 'run',
    localWithoutKey: true,
    http: { method: 'DELETE', path: '/v1/responses/{id}' },
  }),
};

/** R05: chat completions as OpenAI's clients know them. */
import { z } from 'zod';
import { callOrStream } from '../../kernel/define.ts';
import { JsonObject } from '../../kernel/scalars.ts';
import { Logprob } from '../engine.ts';
import { MAX_PARTS, MAX_TURNS, model, samplingFields, streamFields, Truncation, Usage } from './shared.ts';

const TextPart = z.object({
  type: z.enum(['text', 'refusal']),
  text: z.string().optional(),
  refusal: z.string().optional(),
});
const ImagePart = z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) });
const Text = z.union([z.string(), z.array(TextPart).max(MAX_PARTS)]);
const name = z.string().max(128).nullish();

/** A call of a tool as messages carry it. */
export const ToolCall = z.object({
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
});
export type ToolCall = z.infer<typeof ToolCall>;

export const ChatMessage = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content: Text, name }),
  z.object({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(z.union([TextPart, ImagePart])).max(MAX_PARTS)]),
    name,
  }),
  z.object({
    role: z.literal('assistant'),
    content: Text.nullish(),
    refusal: z.string().nullish(),
    tool_calls: z.array(ToolCall).max(MAX_PARTS).nullish(),
    name,
  }),
  z.object({ role: z.literal('tool'), tool_call_id: z.string(), content: Text }),
  z.object({ role: z.literal('function'), name: z.string(), content: z.string().nullable() }),
]);
export type ChatMessage = z.infer<typeof ChatMessage>;

const ToolName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, - or _');

/** A function that the model may call. Other kinds of tools are refused by name. */
export const Tool = z.object({
  type: z.string(),
  function: z
    .object({
      name: ToolName,
      description: z.string().nullish(),
      parameters: JsonObject.nullish(),
      strict: z.boolean().nullish(),
    })
    .optional(),
});
export type Tool = z.infer<typeof Tool>;

export const ToolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.object({ type: z.literal('function'), function: z.object({ name: ToolName }) }),
]);
export type ToolChoice = z.infer<typeof ToolChoice>;

export const ResponseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({ name: z.string(), schema: JsonObject, strict: z.boolean().nullish() }),
  }),
]);
export type ResponseFormat = z.infer<typeof ResponseFormat>;

const ChatInput = z.object({
  model,
  messages: z.array(ChatMessage).min(1).max(MAX_TURNS),
  ...samplingFields,
  max_completion_tokens: z.int().min(1).max(100_000).nullish(),
  tools: z.array(Tool).max(128).nullish(),
  tool_choice: ToolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: ResponseFormat.nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  /** `auto` leaves out the oldest turns of a conversation that does not fit, and says so in the answer. */
  truncation: z.enum(['auto', 'disabled']).nullish(),
  /** The answer goes on with the last message, which is one of the assistant, and does not repeat it. */
  continue_final_message: z.boolean().nullish(),
  ...streamFields,
  audio: z.unknown().optional(),
  modalities: z.array(z.string()).max(MAX_PARTS).nullish(),
  functions: z.unknown().optional(),
  function_call: z.unknown().optional(),
  web_search_options: z.unknown().optional(),
});
export type ChatInput = z.output<typeof ChatInput>;

const FinishReason = z.enum(['stop', 'length', 'tool_calls', 'content_filter']);
const Logprobs = z.object({ content: z.array(Logprob), refusal: z.null() });

const head = { id: z.string(), created: z.int(), model: z.string(), system_fingerprint: z.string() };

export const ChatCompletion = z.object({
  ...head,
  object: z.literal('chat.completion'),
  choices: z.array(
    z.object({
      index: z.int(),
      message: z.object({
        role: z.literal('assistant'),
        content: z.string().nullable(),
        refusal: z.null(),
        reasoning_content: z.string().optional(),
        tool_calls: z.array(ToolCall).optional(),
      }),
      logprobs: Logprobs.nullable(),
      finish_reason: FinishReason,
    }),
  ),
  usage: Usage,
  /** Ended by `stop_generation`. */
  stopped: z.literal(true).optional(),
  /** Turns that were left out because they did not fit. */
  truncated: Truncation.optional(),
});
export type ChatCompletion = z.infer<typeof ChatCompletion>;

export const ChatChunk = z.object({
  ...head,
  object: z.literal('chat.completion.chunk'),
  choices: z.array(
    z.object({
      index: z.int(),
      delta: z.object({
        role: z.literal('assistant').optional(),
        content: z.string().optional(),
        reasoning_content: z.string().optional(),
        tool_calls: z
          .array(
            z.object({
              index: z.int(),
              id: z.string().optional(),
              type: z.literal('function').optional(),
              function: z.object({ name: z.string().optional(), arguments: z.string() }),
            }),
          )
          .optional(),
      }),
      logprobs: Logprobs.nullable(),
      finish_reason: FinishReason.nullable(),
    }),
  ),
  usage: Usage.nullable().optional(),
  stopped: z.literal(true).optional(),
  truncated: Truncation.optional(),
});
export type ChatChunk = z.infer<typeof ChatChunk>;

export const chatOperations = {
  chat: callOrStream(ChatInput, ChatCompletion, ChatChunk, {
    row: 'R05',
    aliases: ['chat_completion', 'chat_completions'],
    summary: 'Answer a conversation',
    tags: ['Chat', 'OpenAI'],
    scope: 'run',
    area: 'models',
    tier: 'inference',
    payload: 'documents',
    openai: true,
    localWithoutKey: true,
    audited: false,
    http: { method: 'POST', path: '/v1/chat/completions' },
  }),
};

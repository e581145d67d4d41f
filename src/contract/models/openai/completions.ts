/** R06: completions of plain text. */
import { z } from 'zod';
import { callOrStream } from '../../kernel/define.ts';
import { model, samplingFields, streamFields, Usage } from './shared.ts';

const CompletionInput = z.object({
  model,
  prompt: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(32)]),
  ...samplingFields,
  echo: z.boolean().nullish(),
  logprobs: z.int().min(0).max(5).nullish(),
  best_of: z.int().nullish(),
  suffix: z.string().nullish(),
  ...streamFields,
});
export type CompletionInput = z.output<typeof CompletionInput>;

const Choice = {
  text: z.string(),
  index: z.int(),
  logprobs: z
    .object({
      tokens: z.array(z.string()),
      token_logprobs: z.array(z.number()),
      top_logprobs: z.array(z.record(z.string(), z.number())),
      text_offset: z.array(z.int()),
    })
    .nullable(),
};
const FinishReason = z.enum(['stop', 'length', 'content_filter']);
const head = { id: z.string(), object: z.literal('text_completion'), created: z.int(), model: z.string() };

export const Completion = z.object({
  ...head,
  choices: z.array(z.object({ ...Choice, finish_reason: FinishReason })),
  usage: Usage,
  stopped: z.literal(true).optional(),
});
export type Completion = z.infer<typeof Completion>;

export const CompletionChunk = z.object({
  ...head,
  choices: z.array(z.object({ ...Choice, finish_reason: FinishReason.nullable() })),
  usage: Usage.nullable().optional(),
  stopped: z.literal(true).optional(),
});
export type CompletionChunk = z.infer<typeof CompletionChunk>;

export const completionOperations = {
  generate: callOrStream(CompletionInput, Completion, CompletionChunk, {
    row: 'R06',
    aliases: ['completions'],
    summary: 'Continue a text',
    tags: ['Generation', 'OpenAI'],
    scope: 'run',
    area: 'models',
    tier: 'inference',
    payload: 'documents',
    openai: true,
    localWithoutKey: true,
    audited: false,
    http: { method: 'POST', path: '/v1/completions' },
  }),
};

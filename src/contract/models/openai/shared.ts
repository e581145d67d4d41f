/** What OpenAI's wires have in common. Their clients send null for what they leave out. */
import { z } from 'zod';
import { SessionName } from '../../kernel/scalars.ts';
import { DEFAULT_MODEL, ModelRef } from '../reference.ts';

/** Turns of one conversation, and parts of one turn. */
export const MAX_TURNS = 5_000;
export const MAX_PARTS = 1_000;

/** Longest answer that can be asked for, tokens. */
const MAX_TOKENS = 100_000;

export const model = ModelRef.nullish().transform((ref) => ref ?? DEFAULT_MODEL);
const tokens = z.int().min(1).max(MAX_TOKENS).nullish();
const stops = z.union([z.string().min(1), z.array(z.string().min(1)).max(4)]).nullish();

/** How answers are sampled; see docs/guide/inference.md. `repeat_penalty`, `max_new_tokens` and `stop_sequences` are other names. */
export const samplingFields = {
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(0).max(1_000_000).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  repetition_penalty: z.number().gt(0).max(100).nullish(),
  repeat_penalty: z.number().gt(0).max(100).nullish(),
  max_tokens: tokens,
  max_new_tokens: tokens,
  stop: stops,
  stop_sequences: stops,
  seed: z.int().nullish(),
  logit_bias: z
    .record(z.string().regex(/^\d{1,9}$/, 'must be the number of a token'), z.number().min(-100).max(100))
    .nullish(),
  n: z.int().min(1).max(16).nullish(),
  session_id: SessionName.nullish(),
};

export const streamFields = {
  stream: z
    .boolean()
    .nullish()
    .transform((stream) => stream ?? false),
  stream_options: z
    .object({
      include_usage: z.boolean().nullish(),
      /** With `include_usage`: each chunk has the counts up to it. */
      continuous_usage_stats: z.boolean().nullish(),
    })
    .nullish(),
};

/** Counts of tokens, by the model's own tokenizer. */
export const Usage = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  prompt_tokens_details: z.object({ cached_tokens: z.int() }),
  completion_tokens_details: z.object({ reasoning_tokens: z.int() }),
});
export type Usage = z.infer<typeof Usage>;

/** What was left out of a prompt that did not fit. */
export const Truncation = z.object({ dropped_messages: z.int(), dropped_tokens: z.int() });
export type Truncation = z.infer<typeof Truncation>;

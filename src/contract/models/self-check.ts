/** What a model showed when it was loaded for the first time: known questions, their answers, and how fast they came. */
import { z } from 'zod';
import { Timestamp } from '../kernel/scalars.ts';

export const SelfCheck = z.object({
  at: Timestamp,
  /** `suspect`: it computes, but what it says or how it compares is not what such a model should; `failed`: it did not compute. */
  verdict: z.enum(['passed', 'suspect', 'failed']),
  /** What was wrong, a sentence each, for people. */
  findings: z.array(z.string()),
  /** Questions with the expected answer, of how many. */
  right: z.int(),
  asked: z.int(),
  /** Written by a chat model, read by others. */
  tokens_per_second: z.number().nullable(),
  /** Of the first question, whose prompt was not computed before, ms. */
  first_token_ms: z.number().nullable(),
  /** As it was counted before loading, with this context. */
  memory_bytes: z.int(),
  context_length: z.int(),
  device: z.string(),
});
export type SelfCheck = z.infer<typeof SelfCheck>;

/** Kind `llm`: a prompt for a model on this machine. */
import { z } from 'zod';
import { JsonObject } from '../../kernel/scalars.ts';
import { DEFAULT_MODEL } from '../../models/reference.ts';
import { type CommandKindRecord, Template } from './kind.ts';

/** How the answer is sampled; what is absent follows the settings of the model. */
const Parameters = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(0).max(1_000_000).optional(),
  min_p: z.number().min(0).max(1).optional(),
  repetition_penalty: z.number().gt(0).max(100).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  max_tokens: z.int().min(1).max(100_000).optional(),
  /** The same seed gives the same answer on the same machine. */
  seed: z.int().min(0).max(0xffff_ffff).optional(),
  /** The answer ends before the first of these. */
  stop: z.array(z.string().min(1).max(1000)).max(4).optional(),
});

/** One answer of a model. */
export const LlmSpec = z.strictObject({
  kind: z.literal('llm').default('llm'),
  /** `owner/repo`, `owner/repo:variant`, an installed id, an alias, or `default`: the selected model. */
  model: Template.min(1).default(DEFAULT_MODEL),
  /** System message; null takes the one that was saved for the model. */
  system: Template.nullable().default(null),
  prompt: Template.min(1),
  parameters: Parameters.default({}),
  /** JSON Schema that binds the answer: the output is then its value instead of a text. */
  output_schema: JsonObject.nullable().default(null),
  /** Whether the answer appears in the log while it is written. */
  stream_to_log: z.boolean().default(true),
});
export type LlmSpec = z.infer<typeof LlmSpec>;

/** Contract record of the kind. */
export const llm = {
  title: 'Prompt',
  description: 'Asks a model on this machine.',
  needsBrowser: false,
  runsIn: 'engine',
  spec: LlmSpec,
  sources: {},
} as const satisfies CommandKindRecord;

/** How text is generated: the settings of a model, and what callers ask for on top of them. */
import { z } from 'zod';
import { call } from '../kernel/define.ts';
import { SessionName } from '../kernel/scalars.ts';

const share = () => z.number().min(0).max(1);
const positive = () => z.number().gt(0).max(1000);
const tokenId = () => z.int().min(0).max(10_000_000).nullable().default(null);
const tokenIds = () => z.array(z.int().min(0).max(10_000_000)).max(10_000).nullable().default(null);
const tokenLists = () =>
  z
    .array(z.array(z.int().min(0).max(10_000_000)).max(100))
    .max(1000)
    .nullable()
    .default(null);
const length = () => z.int().min(1).max(100_000);

/** Name and one sentence for the form of the panel. */
const words = (title: string, description: string) => ({ title, description });

/** All settings of a model; those that its engine does not have are kept and ignored. */
export const InferenceSettings = z.strictObject({
  temperature: z
    .number()
    .min(0)
    .max(2)
    .default(0.3)
    .meta(words('Temperature', 'Higher values give more varied text; 0 always takes the likeliest token.')),
  top_p: share()
    .default(0.9)
    .meta(words('Top P', 'Takes the likeliest tokens until their probabilities add up to this.')),
  top_k: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(50)
    .meta(words('Top K', 'Takes this many of the likeliest tokens; 0 takes all.')),
  repetition_penalty: positive()
    .default(1.2)
    .meta(words('Repetition penalty', 'Above 1, tokens that are in the text already become less likely.')),
  max_new_tokens: length().default(1024).meta(words('Max tokens', 'The answer ends here at the latest.')),
  system_prompt: z
    .string()
    .max(65_536)
    .default('You are a helpful AI assistant.')
    .meta(words('System prompt', 'Used when a request has none, once these settings were saved.')),
  do_sample: z.boolean().default(true).meta(words('Sampling', 'Off: always the likeliest token.')),
  json_mode: z.boolean().default(false).meta(words('JSON only', 'Answers are JSON objects.')),
  min_length: z.int().min(0).max(100_000).default(0).meta(words('Least tokens in all', 'With the prompt.')),
  max_length: length().default(8192).meta(words('Most tokens in all', 'With the prompt.')),
  min_new_tokens: z
    .int()
    .min(0)
    .max(100_000)
    .default(0)
    .meta(words('Least tokens of an answer', 'The answer does not end before.')),
  max_time: z
    .number()
    .gt(0)
    .max(86_400)
    .nullable()
    .default(null)
    .meta(words('Time limit', 'Seconds; the answer ends there.')),
  typical_p: share().default(1).meta(words('Typical P', 'Below 1, takes tokens of about the expected information.')),
  epsilon_cutoff: share().default(0).meta(words('Epsilon cutoff', 'Leaves out tokens below this probability.')),
  eta_cutoff: share()
    .default(0)
    .meta(words('Eta cutoff', 'Leaves out tokens below a probability that follows the entropy.')),
  encoder_repetition_penalty: positive()
    .default(1)
    .meta(words('Encoder repetition penalty', 'Above 1, tokens of the prompt become likelier.')),
  diversity_penalty: z
    .number()
    .min(0)
    .max(1000)
    .default(0)
    .meta(words('Diversity penalty', 'Between groups of beams.')),
  length_penalty: z
    .number()
    .min(-1000)
    .max(1000)
    .default(0.8)
    .meta(words('Length penalty', 'Above 0, beam search prefers longer texts.')),
  penalty_alpha: share().default(0).meta(words('Penalty alpha', 'Degeneration penalty of contrastive search.')),
  guidance_scale: z
    .number()
    .min(1)
    .max(1000)
    .default(1)
    .meta(words('Guidance scale', 'Classifier-free guidance; 1 is none.')),
  num_beams: z.int().min(1).max(16).default(1).meta(words('Beams', 'Candidates of beam search; 1 is none.')),
  num_beam_groups: z.int().min(1).max(16).default(1).meta(words('Beam groups', 'At most the number of beams.')),
  no_repeat_ngram_size: z
    .int()
    .min(0)
    .max(100)
    .default(3)
    .meta(words('No repeated n-grams', 'Sequences of this many tokens occur once; 0 allows all.')),
  encoder_no_repeat_ngram_size: z
    .int()
    .min(0)
    .max(100)
    .default(0)
    .meta(words('No n-grams of the prompt', 'Sequences of this many tokens of the prompt do not occur; 0 allows all.')),
  num_return_sequences: z.int().min(1).max(16).default(1).meta(words('Answers', 'Answers to one prompt.')),
  early_stopping: z.boolean().default(true).meta(words('Early stopping', 'Beam search ends with enough candidates.')),
  use_cache: z.boolean().default(true).meta(words('Cache', 'Keeps keys and values of the tokens before.')),
  renormalize_logits: z.boolean().default(false).meta(words('Renormalize', 'After each processor of probabilities.')),
  remove_invalid_values: z
    .boolean()
    .default(false)
    .meta(words('Remove invalid values', 'Drops NaN and infinity from the output of the model.')),
  output_attentions: z.boolean().default(false).meta(words('Output attentions', 'For programs.')),
  output_hidden_states: z.boolean().default(false).meta(words('Output hidden states', 'For programs.')),
  output_scores: z.boolean().default(false).meta(words('Output scores', 'For programs.')),
  return_dict_in_generate: z.boolean().default(false).meta(words('Return a dictionary', 'For programs.')),
  decoder_start_token_id: tokenId().meta(words('Decoder start token', 'Id of a token.')),
  forced_bos_token_id: tokenId().meta(words('Forced first token', 'Id of a token.')),
  forced_eos_token_id: tokenId().meta(words('Forced last token', 'Id of a token.')),
  suppress_tokens: tokenIds().meta(words('Suppressed tokens', 'Ids that never occur.')),
  begin_suppress_tokens: tokenIds().meta(words('Suppressed first tokens', 'Ids that do not begin an answer.')),
  bad_words_ids: tokenLists().meta(words('Forbidden words', 'Lists of ids that never occur.')),
  force_words_ids: tokenLists().meta(words('Required words', 'Lists of ids that have to occur.')),
});
export type InferenceSettings = z.infer<typeof InferenceSettings>;

/** The settings that engines apply, in the sections of their form; all others are stored only. */
export const APPLIED_SETTINGS = {
  sampling: ['temperature', 'do_sample', 'top_p', 'top_k', 'repetition_penalty'],
  more: ['max_new_tokens', 'system_prompt'],
} as const satisfies Record<string, readonly (keyof InferenceSettings)[]>;

const APPLIED = new Set<string>(Object.values(APPLIED_SETTINGS).flat());
/** Settings that no engine applies. */
export const UNSUPPORTED_SETTINGS: readonly string[] = Object.keys(InferenceSettings.shape).filter(
  (name) => !APPLIED.has(name),
);

/** Some of them, without defaults: what is left out keeps its value. */
const SettingsPatch = z.object(
  Object.fromEntries(
    Object.entries(InferenceSettings.shape).map(([name, schema]) => [name, schema.unwrap().optional()]),
  ) as {
    [K in keyof typeof InferenceSettings.shape]: z.ZodOptional<
      ReturnType<(typeof InferenceSettings.shape)[K]['unwrap']>
    >;
  },
);

/** What requests ask for unless they say otherwise themselves; all members are optional. */
export const GenerationParams = z.object({
  temperature: z.number().min(0).max(2).optional(),
  top_p: share().optional(),
  top_k: z.int().min(0).max(1_000_000).optional(),
  min_length: z.int().min(0).max(100_000).optional(),
  max_length: length().optional(),
  max_new_tokens: length().optional(),
  min_p: share().optional(),
  repetition_penalty: positive().optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  length_penalty: z.number().min(-1000).max(1000).optional(),
  no_repeat_ngram_size: z.int().min(0).max(100).optional(),
  num_beams: z.int().min(1).max(16).optional(),
  early_stopping: z.boolean().optional(),
  do_sample: z.boolean().optional(),
  use_cache: z.boolean().optional(),
  seed: z.int().optional(),
  stop_sequences: z.array(z.string().min(1).max(1000)).max(16).optional(),
});
export type GenerationParams = z.infer<typeof GenerationParams>;

/** Second spellings of two members. */
const mirrored = {
  max_tokens: length().optional(),
  stop: z.array(z.string().min(1).max(1000)).max(16).optional(),
};
const ParamsAnswer = GenerationParams.extend(mirrored);

/** The same members, where null clears one. */
export const ParamsPatch = z.object(
  Object.fromEntries(
    Object.entries(ParamsAnswer.shape).map(([name, schema]) => [name, schema.unwrap().nullable().optional()]),
  ) as {
    [K in keyof typeof ParamsAnswer.shape]: z.ZodOptional<
      z.ZodNullable<ReturnType<(typeof ParamsAnswer.shape)[K]['unwrap']>>
    >;
  },
);

const session_id = SessionName.optional();
const Repo = z.string().min(1).max(200);
const Variant = z.string().min(1).max(100);

const models = { area: 'models', tags: ['Models'] } as const;

export const modelSettingsOperations = {
  get_inference_settings: call(
    z.object({ repo_id: Repo, variant: Variant }),
    z.object({ settings: InferenceSettings, source: z.enum(['default', 'preset', 'saved']) }),
    {
      ...models,
      row: 'R25',
      summary: 'Settings of a model: saved ones, or those for its family',
      scope: 'read',
      tier: 'none',
      localWithoutKey: true,
      http: { method: 'GET', path: '/v1/models/{repo_id}/{variant}/settings' },
    },
  ),
  save_inference_settings: call(
    z.object({ repo_id: Repo, variant: Variant, settings: SettingsPatch }),
    z.object({ message: z.string(), success: z.literal(true), settings: InferenceSettings }),
    {
      ...models,
      row: 'R26',
      summary: 'Save settings of a model; members that are left out keep their value',
      scope: 'manage',
      tier: 'management',
      http: { method: 'PUT', path: '/v1/models/{repo_id}/{variant}/settings', body: 'settings' },
    },
  ),
  get_params: call(z.object({ session_id }), ParamsAnswer, {
    area: 'models',
    tags: ['Parameters'],
    row: 'R12',
    aliases: ['params'],
    summary: 'Generation parameters of all requests, or of those of a session',
    scope: 'read',
    tier: 'none',
    localWithoutKey: true,
    http: { method: 'GET', path: '/v1/params' },
  }),
  set_params: call(
    ParamsPatch.extend({ session_id }),
    ParamsAnswer.extend({ success: z.literal(true), message: z.string() }),
    {
      area: 'models',
      tags: ['Parameters'],
      row: 'R13',
      summary: 'Set generation parameters; null clears one',
      scope: 'manage',
      tier: 'management',
      idempotent: true,
      http: { method: 'POST', path: '/v1/params' },
    },
  ),
};

/** Settings of generations: presets by model family, settings saved for a model, parameters set for all requests or one session. */
import type { Operations } from '../../../../contract/index.ts';
import type { OutputOf, ParsedInputOf } from '../../../../contract/kernel/define.ts';
import { invalidField } from '../../../../contract/kernel/errors.ts';
import { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { GenerationParams, InferenceSettings } from '../../../../contract/models/settings.ts';
import type { SettingsStore } from '../store/settings-store.ts';

/** Presets of model families, by a part of the name of the repo; the first match counts. */
const PRESETS: readonly (readonly [RegExp, Partial<InferenceSettings>])[] = [
  [/smollm/i, { temperature: 0.7, top_k: 40, top_p: 0.95, repetition_penalty: 1.1, max_new_tokens: 512 }],
  [/phi/i, { temperature: 0.6, top_k: 50, top_p: 0.9, repetition_penalty: 1.15, max_new_tokens: 1024 }],
  [/qwen/i, { temperature: 0.7, top_k: 50, top_p: 0.8, repetition_penalty: 1.1, max_new_tokens: 2048 }],
  [/llama/i, { temperature: 0.6, top_k: 40, top_p: 0.9, repetition_penalty: 1.15, max_new_tokens: 2048 }],
];

/** `stop_sequences` is also spelled `stop`, and `max_new_tokens` also `max_tokens`. */
const MIRRORS = { max_tokens: 'max_new_tokens', stop: 'stop_sequences' } as const;

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** The members under one spelling each. @throws AppError `validation-error` when the two spellings differ */
function withoutMirrors(input: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...input };
  for (const [mirror, name] of Object.entries(MIRRORS)) {
    const [second, first] = [merged[mirror], merged[name]];
    delete merged[mirror];
    if (second === undefined) continue;
    if (first !== undefined && !same(first, second))
      throw invalidField(mirror, `${name} and ${mirror} are the same and have different values`);
    merged[name] = second;
  }
  return merged;
}

/** Without the members that are not set. */
const set = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));

function checkLengths({
  min_length,
  max_length,
}: {
  min_length?: number | undefined;
  max_length?: number | undefined;
}) {
  if (min_length !== undefined && max_length !== undefined && min_length > max_length)
    throw invalidField('min_length', 'min_length cannot exceed max_length');
}

export function createGenerationSettings(store: SettingsStore) {
  function settingsOf(repo: string, variant: string): OutputOf<Operations['get_inference_settings']> {
    const stored = InferenceSettings.safeParse(store.settings(repo, variant));
    // A damaged value must not make the model unusable: the preset applies instead.
    if (stored.success) return { settings: stored.data, source: 'saved' };
    const preset = PRESETS.find(([pattern]) => pattern.test(repo))?.[1];
    return { settings: InferenceSettings.parse({ ...preset }), source: preset === undefined ? 'default' : 'preset' };
  }

  function paramsOf(session: string): GenerationParams {
    const stored = GenerationParams.safeParse(store.params(session) ?? {});
    return stored.success ? stored.data : {};
  }

  const answer = (params: GenerationParams): OutputOf<Operations['get_params']> => ({
    ...params,
    ...(params.max_new_tokens === undefined ? {} : { max_tokens: params.max_new_tokens }),
    ...(params.stop_sequences === undefined ? {} : { stop: params.stop_sequences }),
  });

  return {
    settingsOf,
    save({ repo_id, variant, settings: patch }: ParsedInputOf<Operations['save_inference_settings']>) {
      const current = settingsOf(repo_id, variant).settings;
      const changes = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
      const settings = InferenceSettings.parse({ ...current, ...changes });
      checkLengths(settings);
      if (settings.num_beam_groups > settings.num_beams)
        throw invalidField('num_beam_groups', `num_beam_groups must be between 1 and ${settings.num_beams}`);
      store.saveSettings(repo_id, variant, settings);
      return settings;
    },
    /** Parameters of all requests, overridden by those of the session. */
    params: (session?: string): GenerationParams => ({
      ...paramsOf(''),
      ...(session === undefined ? {} : paramsOf(session)),
    }),
    /** Parameters of the session alone. */
    paramsOf,
    removeParams: store.removeParams,
    getParams: (session?: string) => answer(paramsOf(session ?? '')),
    setParams({ session_id = '', ...input }: ParsedInputOf<Operations['set_params']>) {
      const merged = { ...paramsOf(session_id), ...withoutMirrors(input) };
      const params = GenerationParams.parse(set(merged));
      checkLengths(params);
      store.saveParams(session_id, JsonObject.parse(set(params)));
      return answer(params);
    },
  };
}
export type GenerationSettings = ReturnType<typeof createGenerationSettings>;

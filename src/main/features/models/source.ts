/** Models for the feature `inference`: resolved by name, with their defaults and the memory that they need. */
import { AppError } from '../../../contract/kernel/errors.ts';
import type { EngineUse } from '../../../contract/models/engine.ts';
import { engineOf, loadedAs } from '../../../contract/models/engines.ts';
import { DEFAULT_MODEL, refOf } from '../../../contract/models/reference.ts';
import type { GenerationParams } from '../../../contract/models/settings.ts';
import type { FitPlanner } from './memory/fit.ts';
import { type Held, type LoadPlan, type LoadWish, UNKNOWN_CONTEXT } from './memory/plan.ts';
import { planFactsOf } from './registry/views.ts';
import type { ModelRow } from './schema.ts';
import type { ModelService } from './service.ts';
import type { GenerationSettings } from './settings/service.ts';

/** `7.6B`, `360M`. */
function shortCount(count: number | null): string | null {
  if (count === null) return null;
  const [value, unit] = count >= 1e9 ? [count / 1e9, 'B'] : [count / 1e6, 'M'];
  return `${value >= 10 ? Math.round(value) : Math.round(value * 10) / 10}${unit}`;
}

function toInstalled(row: ModelRow) {
  return {
    id: refOf(row),
    name: row.name,
    path: row.path,
    engine: engineOf(row.format),
    type: loadedAs(row) ?? ('chat' as const),
    variant: row.variant,
    sizeBytes: row.bytes,
    created: Math.floor(row.created_at / 1000),
    contextLength: row.context_length ?? UNKNOWN_CONTEXT,
    parameters: shortCount(row.parameters),
    dimensions: row.facts?.embedding_size ?? null,
  };
}
type Installed = ReturnType<typeof toInstalled>;

/** The parameters that engines take, under their names; those that are not set are absent. */
function applied({ max_new_tokens, stop_sequences, ...params }: GenerationParams) {
  const { temperature, top_p, top_k, min_p, repetition_penalty, frequency_penalty, presence_penalty, seed } = params;
  const all = { temperature, top_p, top_k, min_p, repetition_penalty, frequency_penalty, presence_penalty, seed };
  const named = { ...all, max_tokens: max_new_tokens, stop: stop_sequences };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)) as {
    [K in keyof typeof named]?: Exclude<(typeof named)[K], undefined>;
  };
}

export function createModelLookup(service: ModelService, generation: GenerationSettings, planner: FitPlanner) {
  return {
    /**
     * The model that a reference means, after another look at its files.
     * @param type what it is needed for; null when any will do
     * @param loaded ids of loaded models, for `default`
     * @param again whether one that has ended an engine is tried again
     * @throws AppError `model-not-found`, `model-corrupted`, `embedding-model-not-available`
     */
    async resolve(ref: string, type: EngineUse | null, loaded: readonly string[], again = false): Promise<Installed> {
      const row = await service.usable(ref, type, loaded, again).catch((error: unknown) => {
        const isDefault = ref === DEFAULT_MODEL && error instanceof AppError && error.slug === 'model-not-found';
        if (isDefault && type === 'embedding') throw new AppError('embedding-model-not-available');
        throw error;
      });
      return toInstalled(row);
    },
    async list(): Promise<Installed[]> {
      const rows = service.all().filter((row) => row.status === 'ready' && loadedAs(row) !== null);
      return rows.map(toInstalled);
    },
    /** Parameters of the session, over those of all requests, over the settings of the model. */
    defaults(model: Pick<Installed, 'id'>, sessionId?: string) {
      const row = service.find(model.id);
      const { settings, source } = generation.settingsOf(row.repo, row.variant ?? '');
      const { temperature, do_sample, top_p, top_k, repetition_penalty, max_new_tokens } = settings;
      const own = { temperature: do_sample ? temperature : 0, top_p, top_k, repetition_penalty, max_new_tokens };
      // The system prompt of a preset is not used: only one that was saved may change answers.
      const prompt =
        source === 'saved' && settings.system_prompt !== '' ? { system_prompt: settings.system_prompt } : {};
      return { ...applied({ ...own, ...generation.params(sessionId) }), ...prompt };
    },
    selfCheck: service.selfCheck,
    endedEngine: service.endedEngine,
    wasLoaded: service.wasLoaded,
    /** Tells subscribers that a model was loaded or unloaded. */
    changed: (id: string): void => service.announce(id),
    /** How the model is loaded. @param held what loaded models hold; those that nobody uses may be unloaded */
    async plan(model: Pick<Installed, 'id'>, wish: LoadWish, held: Held): Promise<LoadPlan> {
      await planner.cardsKnown();
      return planner.plan(planFactsOf(service.find(model.id)), wish, held);
    },
  };
}

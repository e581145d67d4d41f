/** Models for tests of inference: files that the test has written. */
import { DEFAULT_SETTINGS, type Settings } from '../../../src/contract/host/settings.ts';
import { AppError } from '../../../src/contract/kernel/errors.ts';
import { ENGINES } from '../../../src/contract/models/engines.ts';
import type { GenerationDefaults, LoadableModel, ModelLookup } from '../../../src/main/features/inference/index.ts';
import { type PlanFacts, plan } from '../../../src/main/features/models/memory/plan.ts';

/** A model of which only the file matters. */
export const installed = (id: string, path: string, changes: Partial<LoadableModel> = {}): LoadableModel => ({
  id,
  name: id,
  path,
  engine: 'llama',
  type: 'chat',
  variant: null,
  sizeBytes: 302_000,
  created: 1_700_000_000,
  contextLength: 512,
  parameters: null,
  ...changes,
});

/** Bytes that estimates add to any model. */
const ANY_MODEL = 6 * 1024 * 1024;

/** What is planned with: a model of as many bytes as its file, and 1 KB for each token. */
const planFactsOf = ({ name, variant, type, engine, sizeBytes, contextLength }: LoadableModel): PlanFacts => ({
  ...{ name, variant, type, format: ENGINES[engine].format, bytes: sizeBytes, context_length: contextLength },
  memory: {
    ...{ weights: sizeBytes - ANY_MODEL, layers: 1, embedding: 0, feed_forward: 0, heads: 1, vocabulary: 0 },
    // Two bytes each, beside the mask of 128 numbers of two bytes.
    cached_per_token: 384,
  },
});

/** The machine and its settings. */
interface Around {
  defaults?: GenerationDefaults;
  /** Free memory, bytes. */
  free?: () => number;
  settings?: Pick<Settings, 'inference.context_length' | 'inference.prompt_batch' | 'parallel'>;
}

export function sourceOf(
  models: readonly LoadableModel[],
  { defaults = { temperature: 0 }, free = () => 2 ** 40, settings = DEFAULT_SETTINGS }: Around = {},
): ModelLookup {
  return {
    async resolve(ref, type) {
      const found = models.find((one) => one.id === ref || (ref === 'default' && (type === null || one.type === type)));
      if (found === undefined) throw new AppError('model-not-found', undefined, { extra: { model: ref } });
      return found;
    },
    list: async () => [...models],
    changed: () => undefined,
    defaults: () => defaults,
    async plan(model, wish, held) {
      const machine = { ram: free(), vram: null, vramTotal: null, gpu: null };
      const usual = {
        contextLength: settings['inference.context_length'],
        parallel: settings.parallel,
        promptBatch: settings['inference.prompt_batch'],
        gpu: true,
      };
      return plan(planFactsOf(model), machine, usual, wish, held);
    },
  };
}

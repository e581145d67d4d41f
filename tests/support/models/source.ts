/** Models for tests of inference: files that the test has written. */
import { AppError } from '../../../src/contract/kernel/errors.ts';
import type { GenerationDefaults, InstalledModel, ModelSource } from '../../../src/main/features/inference/index.ts';

/** A model of which only the file matters. */
export const installed = (id: string, path: string, changes: Partial<InstalledModel> = {}): InstalledModel => ({
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

export function sourceOf(
  models: readonly InstalledModel[],
  defaults: GenerationDefaults = { temperature: 0 },
): ModelSource {
  return {
    async resolve(ref, type) {
      const found = models.find((one) => one.id === ref || (ref === 'default' && (type === null || one.type === type)));
      if (found === undefined) throw new AppError('model-not-found', undefined, { extra: { model: ref } });
      return found;
    },
    list: async () => [...models],
    changed: () => undefined,
    defaults: () => defaults,
    memory: ({ sizeBytes }, { contextLength, parallel }) => sizeBytes + contextLength * parallel * 1024,
  };
}

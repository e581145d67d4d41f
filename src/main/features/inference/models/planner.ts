/** Makes room for a model before it is loaded: which others are unloaded for it, and whether it is refused. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { SettingsReader } from '../../../core/settings.ts';
import type { LoadPlan } from '../../models/index.ts';
import type { LoadableModel, ModelLookup } from '../deps.ts';
import { heldBy, isEvictable, type LoadOptions, type Resident } from './resident.ts';

export interface PlannerDeps {
  source: Pick<ModelLookup, 'plan'>;
  settings: SettingsReader;
  all(): Resident[];
  /** Unloads one model for another. */
  evict(resident: Resident, next: LoadableModel): Promise<void>;
}

const MIB = 1024 * 1024;

function noPlace(limit: number, current: number): AppError {
  return new AppError('resource-limit-exceeded', 'Every loaded model is in use or pinned; unload one, or try again.', {
    extra: { resource: 'loaded_models', limit, current, retry_after: 5 },
  });
}

export function doesNotFit({ id }: LoadableModel, { bytes, available, largestContext: largest }: LoadPlan): AppError {
  const required_mb = Math.ceil(bytes / MIB);
  const available_mb = Math.floor(available.ram / MIB);
  const advice =
    largest === null
      ? 'Unload another model, or use a smaller variant.'
      : `A context of ${largest} tokens would fit; or unload another model.`;
  return new AppError('out-of-memory', `${id} needs ${required_mb} MB and ${available_mb} MB are free. ${advice}`, {
    extra: { model: id, required_mb, available_mb, largest_context_length: largest },
  });
}

export function createPlanner({ source, settings, all, evict }: PlannerDeps) {
  /**
   * Makes room and says how the model is to be loaded. Nothing is unloaded for one that would not fit even then.
   * @throws AppError `out-of-memory`, `resource-limit-exceeded`
   */
  return async function plan(model: LoadableModel, wish: LoadOptions): Promise<LoadPlan> {
    for (;;) {
      const [oldest] = all()
        .filter(isEvictable)
        .sort((one, other) => one.usedAt - other.usedAt);
      const limit = settings.get('max_loaded_models') || Infinity;
      const tooMany = all().length >= limit;
      if (tooMany && oldest === undefined) throw noPlace(limit, all().length);
      const found = await source.plan(model, wish, heldBy(all()));
      if (found.target === 'none') throw doesNotFit(model, found);
      if (oldest === undefined || !(found.unloads || tooMany)) return found;
      // Somebody may have begun to use it meanwhile.
      if (isEvictable(oldest)) await evict(oldest, model);
    }
  };
}

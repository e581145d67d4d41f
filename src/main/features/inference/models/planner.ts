/** Decides, before a model is loaded, with which context it fits and which others are unloaded for it. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { SettingsReader } from '../../../core/settings.ts';
import type { InstalledModel, ModelSource } from '../deps.ts';
import { isIdle, type Resident } from './resident.ts';
import { doesNotFit, largestContext, roomOf } from './room.ts';

export interface PlannerDeps {
  source: Pick<ModelSource, 'memory'>;
  settings: SettingsReader;
  /** Memory that can be taken without swapping, bytes. */
  availableBytes(): number;
  all(): Resident[];
  evict(resident: Resident, why: string): Promise<void>;
}

const bytesOf = (residents: readonly Resident[]) => residents.reduce((sum, { bytes }) => sum + bytes, 0);

function noPlace(limit: number, current: number): AppError {
  return new AppError('resource-limit-exceeded', 'Every loaded model is in use or pinned; unload one, or try again.', {
    extra: { resource: 'loaded_models', limit, current, retry_after: 5 },
  });
}

export function createPlanner({ source, settings, availableBytes, all, evict }: PlannerDeps) {
  /** Idle models that are not pinned, least recently used first. */
  const evictable = () =>
    all()
      .filter((one) => isIdle(one) && !one.pinned)
      .sort((one, other) => one.usedAt - other.usedAt);

  /**
   * Decides the context and makes room. Nothing is unloaded for a model that would not fit even then.
   * @param wanted the context that the request names, which is granted or refused; the default one may be shortened to fit
   * @throws AppError `out-of-memory`, `resource-limit-exceeded`
   */
  return async function plan(
    model: InstalledModel,
    { contextLength: wanted, parallel }: { contextLength: number | undefined; parallel: number },
  ): Promise<{ contextLength: number; bytes: number }> {
    let contextLength = Math.min(wanted ?? settings.get('inference.context_length'), model.contextLength);
    for (;;) {
      const bytes = source.memory(model, { contextLength, parallel });
      // A model that is still loading has not taken all of its memory yet.
      const room = Math.max(0, roomOf(availableBytes()) - bytesOf(all().filter(({ facts }) => facts === null)));
      const others = evictable();
      const limit = settings.get('max_loaded_models');
      const tooMany = all().length >= limit;
      if (bytes <= room && !tooMany) return { contextLength, bytes };
      if (tooMany && others.length === 0) throw noPlace(limit, all().length);
      const most = room + bytesOf(others);
      if (bytes > most) {
        const largest = largestContext(source, model, parallel, most);
        if (wanted !== undefined || largest === null) throw doesNotFit(model, bytes, most, largest);
        contextLength = Math.min(contextLength, largest);
        continue;
      }
      const [oldest] = others;
      if (oldest === undefined) throw doesNotFit(model, bytes, room, null);
      await evict(oldest, `room for ${model.id}`);
    }
  };
}

/**
 * The models in memory. A request for one that is not loaded loads it, once for all that wait; the least recently used idle model is
 * unloaded to make room; a model in use or pinned is never unloaded for another.
 */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { LoadedFacts } from '../../../../contract/models/engine.ts';
import type { Clock } from '../../../core/clock.ts';
import type { LoadableModel } from '../deps.ts';
import type { Engine } from '../run/engine.ts';
import { createLoader, type LoaderDeps } from './loader.ts';
import type { LoadOptions, Resident } from './resident.ts';
import { createRoster, type Roster, type RosterDeps } from './roster.ts';

export type ResidentsDeps = Omit<LoaderDeps, 'roster'> & Pick<RosterDeps, 'left'>;

/** One request's use of a loaded model, which stays in memory until it is released. */
export interface ModelLease {
  readonly resident: Resident;
  readonly facts: LoadedFacts;
  release(): void;
}

export type Residents = ReturnType<typeof createResidents>;

const notLoaded = (model: string) => new AppError('model-not-loaded', undefined, { extra: { model } });

export function createResidents(deps: ResidentsDeps) {
  const { settings, clock, log } = deps;
  const roster = createRoster(deps);
  const find = createFinder(roster, createLoader({ ...deps, roster }));

  function loadAgain({ model, facts, gpuLayers, ttlSeconds, pinned }: Resident): void {
    const contextLength = facts?.context_length ?? 0;
    find(model, { contextLength, gpuLayers, ttlSeconds })
      .then(async (loaded) => {
        loaded.pinned = pinned;
        await loaded.loading;
      })
      .catch((error: unknown) => log.warn('models', `${model.id} could not be loaded again`, { error }));
  }

  return {
    /** Loads the model unless it is loaded. @throws AppError `out-of-memory`, `model-corrupted`, … */
    async load(model: LoadableModel, options: LoadOptions): Promise<Resident> {
      const loaded = await find(model, options);
      if (options.ttlSeconds !== undefined) {
        loaded.ttlSeconds = options.ttlSeconds;
        loaded.pinned = options.ttlSeconds === 0;
      }
      await loaded.loading;
      roster.armTtl(loaded);
      return loaded;
    },
    /**
     * Keeps the model in memory for one request; loads it if `auto_load` is on.
     * @param waitMs how long to wait for the load, which goes on after that
     * @throws AppError `model-not-loaded`, `service-unavailable` with how far the load is
     */
    async lease(model: LoadableModel, signal: AbortSignal, waitMs?: number): Promise<ModelLease> {
      if (roster.get(model.id) === undefined && !settings.get('auto_load')) throw notLoaded(model.id);
      const loaded = await find(model, {});
      loaded.users += 1;
      loaded.cancelTtl?.();
      let released = false;
      const release = () => {
        if (released) return;
        released = true;
        loaded.users -= 1;
        loaded.usedAt = clock.monotonic();
        if (loaded.users === 0) roster.armTtl(loaded);
      };
      try {
        const facts = await unlessAborted(within(clock, loaded, waitMs), signal);
        return { resident: loaded, facts, release };
      } catch (error) {
        release();
        throw error;
      }
    },
    async unload(model: LoadableModel): Promise<void> {
      const loaded = roster.get(model.id);
      if (loaded === undefined) throw notLoaded(model.id);
      await roster.unload(loaded, 'asked');
    },
    get: roster.get,
    all: roster.all,
    madeRoom: roster.madeRoom,
    /** Ids of the models in memory; `ModelLookup.resolve` prefers them for `default`. */
    ids: (type: LoadableModel['type'] | null) =>
      roster.all().flatMap(({ model }) => (type === null || model.type === type ? model.id : [])),
    /**
     * An engine's process has ended, and with it the models in it.
     * @param again whether to load them once more: nothing that they did has ended it
     */
    lost(engine: Engine, again: boolean): void {
      const gone = roster.lost(engine);
      if (again) for (const one of gone) loadAgain(one);
    },
    dispose: roster.dispose,
  };
}

/** Whether what is loaded serves a request with these options. */
function serves({ facts, gpuLayers, model }: Resident, options: LoadOptions): boolean {
  if (options.forceReload) return false;
  const { contextLength = 0 } = options;
  const isLong = facts === null || facts.context_length >= Math.min(contextLength, model.contextLength);
  return isLong && (options.gpuLayers === undefined || options.gpuLayers === gpuLayers);
}

/** Finds the resident that serves a request, or begins a load. Loads are planned one at a time, so that two do not count on the same memory. */
function createFinder(roster: Roster, begin: ReturnType<typeof createLoader>) {
  let lastPlanned: Promise<unknown> = Promise.resolve();
  return async (model: LoadableModel, options: LoadOptions): Promise<Resident> => {
    const there = roster.get(model.id);
    if (there !== undefined && serves(there, options)) return there;
    const planned = lastPlanned.then(async () => {
      const now = roster.get(model.id);
      if (now !== undefined) {
        // Another caller that waited has loaded it meanwhile; a forced reload is not done twice.
        if (serves(now, there === now ? options : { ...options, forceReload: false })) return now;
        await roster.unload(now, 'reload');
      }
      return begin(model, options);
    });
    lastPlanned = planned.catch(() => undefined);
    return planned;
  };
}

const stillLoading = ({ model: { id }, percent }: Resident) =>
  new AppError('service-unavailable', `${id} is being loaded: ${Math.floor(percent)} % are done.`, {
    extra: { reason: 'model_loading', model: id, percent: Math.floor(percent), retry_after: 1 },
  });

/** Stops waiting after a time; the load continues. */
async function within(clock: Clock, loaded: Resident, ms: number | undefined): Promise<LoadedFacts> {
  if (ms === undefined || loaded.facts !== null) return loaded.loading;
  // A small model is there within a turn of the event loop, and who waits for nothing would get now this, now that.
  if (ms <= 0) throw stillLoading(loaded);
  const late = Promise.withResolvers<never>();
  const forget = clock.schedule(() => late.reject(stillLoading(loaded)), ms);
  try {
    return await Promise.race([loaded.loading, late.promise]);
  } finally {
    forget();
  }
}

/** Stops waiting when the caller leaves; the load continues for the others. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw new AppError('cancelled');
  const left = Promise.withResolvers<never>();
  const leave = () => left.reject(new AppError('cancelled'));
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([work, left.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

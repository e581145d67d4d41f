/**
 * The models in memory. A request for one that is not there loads it, once for all that ask; what was used longest ago makes room; what
 * is computing or kept by its owner is never unloaded for another one.
 */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { LoadedFacts } from '../../../../contract/models/engine.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Logger } from '../../../core/log/logger.ts';
import type { SettingsReader } from '../../../core/settings.ts';
import type { InstalledModel, ModelSource } from '../deps.ts';
import type { Engine } from '../run/engine.ts';
import { createTurns } from '../run/turns.ts';
import { createPlanner } from './planner.ts';
import { isIdle, type LoadOptions, type Resident } from './resident.ts';

export interface ResidentsDeps {
  source: ModelSource;
  engine: (model: InstalledModel) => Engine;
  settings: SettingsReader;
  clock: Clock;
  log: Logger;
  /** Memory that can be taken without swapping, bytes. */
  availableBytes(): number;
  changed(id: string): void;
}

/** A model that is loaded for one request; it stays until it is released. */
export interface Lease {
  readonly resident: Resident;
  readonly facts: LoadedFacts;
  release(): void;
}

export type Residents = ReturnType<typeof createResidents>;

export function createResidents(deps: ResidentsDeps) {
  const { settings, clock, log } = deps;
  const residents = new Map<string, Resident>();
  /** Models that are being unloaded: one that is wanted again waits for that. */
  const leaving = new Map<string, Promise<void>>();
  /** Loads are counted one after the other, so that two do not take the same memory. */
  let lastPlanned: Promise<unknown> = Promise.resolve();

  function forget(resident: Resident): void {
    resident.cancelTtl?.();
    if (residents.get(resident.model.id) === resident) residents.delete(resident.model.id);
    deps.changed(resident.model.id);
  }

  async function unload(resident: Resident, why: string): Promise<void> {
    resident.going.abort(new AppError('cancelled'));
    forget(resident);
    const left = leave(resident, why);
    leaving.set(resident.model.id, left);
    await left;
    if (leaving.get(resident.model.id) === left) leaving.delete(resident.model.id);
  }

  async function leave(resident: Resident, why: string): Promise<void> {
    await resident.loading.catch(() => undefined);
    if (resident.facts === null) return;
    await resident.engine.unload(resident.model.id).catch((error: unknown) => {
      // A process that has ended holds nothing any more.
      log.warn('models', 'a model could not be unloaded', { model: resident.model.id, error });
    });
    log.info('models', `${resident.model.id} unloaded: ${why}`);
  }

  const plan = createPlanner({ ...deps, all: () => [...residents.values()], evict: unload });

  function armTtl(resident: Resident): void {
    resident.cancelTtl?.();
    resident.cancelTtl = null;
    if (!isIdle(resident) || resident.ttlSeconds === 0) return;
    resident.cancelTtl = clock.schedule(() => void unload(resident, 'idle'), resident.ttlSeconds * 1000);
  }

  async function begin(model: InstalledModel, options: LoadOptions): Promise<Resident> {
    await leaving.get(model.id);
    const parallel = model.type === 'chat' ? settings.get('parallel') : 1;
    const { contextLength, bytes } = await plan(model, { contextLength: options.contextLength, parallel });
    const going = new AbortController();
    const engine = deps.engine(model);
    const gpuLayers = options.gpuLayers ?? null;
    const ttlSeconds = options.ttlSeconds ?? settings.get('model_ttl_seconds');
    const resident: Resident = {
      model,
      engine,
      bytes,
      gpuLayers,
      turns: createTurns(parallel, () => settings.get('max_queue')),
      facts: null,
      percent: 0,
      loading: Promise.reject(new Error('not begun')),
      going,
      loadedAt: 0,
      usedAt: clock.monotonic(),
      ttlSeconds,
      pinned: options.ttlSeconds === 0,
      users: 0,
      cancelTtl: null,
    };
    resident.loading.catch(() => undefined);
    residents.set(model.id, resident);
    resident.loading = load(resident, contextLength, parallel);
    resident.loading.catch(() => undefined);
    deps.changed(model.id);
    return resident;
  }

  async function load(resident: Resident, context_length: number, parallel: number): Promise<LoadedFacts> {
    const { model, engine, gpuLayers, going } = resident;
    try {
      const ask = {
        op: 'load' as const,
        model: model.id,
        path: model.path,
        type: model.type,
        context_length,
        parallel,
        gpu_layers: gpuLayers,
      };
      const facts = await engine.load(ask, going.signal, (percent) => {
        resident.percent = percent;
      });
      resident.facts = facts;
      resident.loadedAt = clock.now();
      resident.usedAt = clock.monotonic();
      log.info('models', `${model.id} loaded`, { context_length: facts.context_length, device: facts.device });
      deps.changed(model.id);
      armTtl(resident);
      return facts;
    } catch (error) {
      forget(resident);
      throw error;
    }
  }

  /** Whether what is loaded serves a request with these options. */
  function serves({ facts, gpuLayers, model }: Resident, options: LoadOptions): boolean {
    if (options.forceReload) return false;
    const { contextLength = 0 } = options;
    const isLong = facts === null || facts.context_length >= Math.min(contextLength, model.contextLength);
    return isLong && (options.gpuLayers === undefined || options.gpuLayers === gpuLayers);
  }

  async function resident(model: InstalledModel, options: LoadOptions): Promise<Resident> {
    const there = residents.get(model.id);
    if (there !== undefined && serves(there, options)) return there;
    const planned = lastPlanned.then(async () => {
      const now = residents.get(model.id);
      if (now !== undefined) {
        // Whoever waited for the same load has it now.
        if (serves(now, there === now ? options : { ...options, forceReload: false })) return now;
        await unload(now, 'it is loaded in another way');
      }
      return begin(model, options);
    });
    lastPlanned = planned.catch(() => undefined);
    return planned;
  }

  return {
    /** Loads the model unless it is loaded. @throws AppError `out-of-memory`, `model-corrupted`, … */
    async load(model: InstalledModel, options: LoadOptions): Promise<Resident> {
      const loaded = await resident(model, options);
      if (options.ttlSeconds !== undefined) {
        loaded.ttlSeconds = options.ttlSeconds;
        loaded.pinned = options.ttlSeconds === 0;
      }
      await loaded.loading;
      armTtl(loaded);
      return loaded;
    },
    /** Keeps the model for one request, and loads it when that is allowed. @throws AppError `model-not-loaded` */
    async lease(model: InstalledModel, signal: AbortSignal): Promise<Lease> {
      if (!residents.has(model.id) && !settings.get('auto_load'))
        throw new AppError('model-not-loaded', undefined, { extra: { model: model.id } });
      const loaded = await resident(model, {});
      loaded.users += 1;
      loaded.cancelTtl?.();
      let released = false;
      const release = () => {
        if (released) return;
        released = true;
        loaded.users -= 1;
        loaded.usedAt = clock.monotonic();
        if (loaded.users === 0) armTtl(loaded);
      };
      try {
        const facts = await unlessLeft(loaded.loading, signal);
        return { resident: loaded, facts, release };
      } catch (error) {
        release();
        throw error;
      }
    },
    async unload(model: InstalledModel): Promise<void> {
      const loaded = residents.get(model.id);
      if (loaded === undefined) throw new AppError('model-not-loaded', undefined, { extra: { model: model.id } });
      await unload(loaded, 'asked for');
    },
    get: (id: string) => residents.get(id),
    all: () => [...residents.values()],
    /** Ids of what is loaded, for `default`. */
    ids: (type: InstalledModel['type'] | null) =>
      [...residents.values()].filter(({ model }) => type === null || model.type === type).map(({ model }) => model.id),
    /** Everything that an engine's process held has gone with it. */
    lost(engine: Engine): void {
      for (const one of residents.values()) if (one.engine === engine && one.facts !== null) forget(one);
    },
    /** Before the host stops. */
    dispose(): void {
      for (const one of residents.values()) {
        one.cancelTtl?.();
        one.going.abort(new AppError('cancelled'));
      }
      residents.clear();
    },
  };
}

/** A caller that leaves does not wait any longer; the load goes on for the others. */
async function unlessLeft<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
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

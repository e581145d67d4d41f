/** Loads one model: plans its context and memory, then has the engine read it. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { LoadedFacts } from '../../../../contract/models/engine.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Logger } from '../../../core/log/logger.ts';
import type { SettingsReader } from '../../../core/settings.ts';
import type { LoadPlan } from '../../models/index.ts';
import type { LoadableModel, ModelLookup } from '../deps.ts';
import { type Engine, hasEnded } from '../run/engine.ts';
import { createTurns } from '../run/turns.ts';
import { createPlanner } from './planner.ts';
import type { LoadOptions, Resident } from './resident.ts';
import type { Roster } from './roster.ts';

export interface LoaderDeps {
  source: ModelLookup;
  engine: (model: LoadableModel) => Engine;
  settings: SettingsReader;
  clock: Clock;
  log: Logger;
  changed(id: string): void;
  /** Called after each load. */
  loaded?(resident: Resident): void;
  roster: Roster;
}

/** @returns begins a load and resolves once it is under way; `loading` of the resident settles with it */
export function createLoader(deps: LoaderDeps) {
  const { settings, clock, log, roster } = deps;
  const plan = createPlanner({ ...deps, all: roster.all, evict: roster.makeRoom });

  /** Models whose load ended with the engine while it did something else too. */
  const suspects = new Set<string>();

  /**
   * Who ended the engine is certain when nothing else was computed, and likely the second time. That also holds when the host has ended it because
   * it did not stop what another caller had cancelled: a load may be what kept it from that, unless the engine has heard of it.
   */
  function suspect({ model, engine }: Resident, { message, cause }: AppError): void {
    const { killed, heard } = cause instanceof AppError ? cause.extra : {};
    if (killed === true && heard === true) return;
    if ((killed === true || roster.activeAtEnd(engine) > 1) && !suspects.has(model.id))
      return void suspects.add(model.id);
    suspects.delete(model.id);
    const reason = cause instanceof Error ? cause.message : message;
    log.error('models', `${model.id} ended the engine when it was loaded`, { reason });
    deps.source.endedEngine?.(model.id, reason);
  }

  async function load(resident: Resident, planned: LoadPlan): Promise<LoadedFacts> {
    const { model, engine, gpuLayers: gpu_layers, going } = resident;
    const { id, path, type } = model;
    try {
      const { contextLength: context_length, parallel, promptBatch: prompt_batch } = planned;
      const ask = { op: 'load' as const, model: id, path, type, context_length, parallel, prompt_batch, gpu_layers };
      const facts = await engine.load(ask, going.signal, (percent) => {
        resident.percent = percent;
      });
      resident.facts = facts;
      resident.loadedAt = clock.now();
      resident.usedAt = clock.monotonic();
      log.info('models', `${id} loaded`, { context_length: facts.context_length, device: facts.device });
      deps.changed(id);
      roster.armTtl(resident);
      suspects.delete(id);
      deps.source.wasLoaded?.(id);
      deps.loaded?.(resident);
      return facts;
    } catch (error) {
      roster.forget(resident);
      if (hasEnded(error)) suspect(resident, error);
      throw error;
    }
  }

  /** @throws AppError `out-of-memory`, `resource-limit-exceeded`; nothing is loaded then */
  return async function begin(model: LoadableModel, options: LoadOptions): Promise<Resident> {
    await roster.hasLeft(model.id);
    const planned = await plan(model, options);
    const { parallel, bytes, takes } = planned;
    const resident: Resident = {
      model,
      engine: deps.engine(model),
      bytes,
      takes,
      gpuLayers: options.gpuLayers ?? null,
      turns: createTurns(parallel, () => settings.get('max_queue'), clock.monotonic),
      facts: null,
      percent: 0,
      loading: Promise.reject(new Error('not begun')),
      going: new AbortController(),
      loadedAt: 0,
      usedAt: clock.monotonic(),
      ttlSeconds: options.ttlSeconds ?? settings.get('model_ttl_seconds'),
      pinned: options.ttlSeconds === 0,
      users: 0,
      cancelTtl: null,
    };
    resident.loading.catch(() => undefined);
    roster.add(resident);
    resident.loading = load(resident, planned);
    resident.loading.catch(() => undefined);
    return resident;
  };
}

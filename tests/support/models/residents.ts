/** Models in memory over an engine that notes what it is asked for. */
import { DEFAULT_SETTINGS, type Settings } from '../../../src/contract/host/settings.ts';
import type { LoadedFacts } from '../../../src/contract/models/engine.ts';
import type { SettingsReader } from '../../../src/main/core/settings.ts';
import type { LoadableModel, ModelLookup } from '../../../src/main/features/inference/index.ts';
import type { Resident } from '../../../src/main/features/inference/models/resident.ts';
import { createResidents } from '../../../src/main/features/inference/models/residents.ts';
import type { Engine } from '../../../src/main/features/inference/run/engine.ts';
import { createTally } from '../../../src/main/features/inference/run/tally.ts';
import { manualClock, memoryLog } from '../core.ts';
import { installed, sourceOf } from './source.ts';

export const MIB = 1024 * 1024;
export const never = new AbortController().signal;

/** What an engine says of a model that it has loaded on the processor. */
export const factsOf = (context_length: number, dimensions = 0): LoadedFacts => ({
  ...{ context_length, dimensions, device: 'cpu', refused_devices: [], capabilities: [] },
});

/** See {@link openResidents}. */
interface Options {
  /** MB. */
  free?: number;
  settings?: Partial<Settings>;
  /** What a load waits for. */
  hold?: Promise<void>;
  /** What the engine does otherwise. */
  engine?: Partial<Engine>;
  loaded?: (resident: Resident) => void;
  /** How models are to be loaded. */
  plan?: ModelLookup['plan'];
  /** What the models are otherwise. */
  model?: Partial<LoadableModel>;
}

/** Three models of 100 MB with 1 KB for each token. */
export function openResidents(options: Options = {}) {
  const calls: string[] = [];
  const shape = { sizeBytes: 100 * MIB, contextLength: 4096, ...options.model };
  const models = ['a', 'b', 'c'].map((id) => installed(id, '/x', shape));
  const changed: string[] = [];
  const log = memoryLog();
  const clock = manualClock();
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  let free = (options.free ?? 10_000) * MIB;
  const source = {
    ...sourceOf(models, { free: () => free, settings }),
    ...(options.plan ? { plan: options.plan } : {}),
  };
  const engine: Engine = {
    async load({ model, context_length }, signal) {
      calls.push(`load ${model} ${context_length}`);
      await options.hold;
      signal.throwIfAborted();
      free -= 100 * MIB + context_length * 1024;
      return factsOf(context_length);
    },
    async unload(model) {
      calls.push(`unload ${model}`);
      free += 110 * MIB;
    },
    async *generate() {
      yield* [];
      return { t: 'finished', reason: 'stop', completion_tokens: 0 };
    },
    share: async (alone) => void calls.push(`share ${alone}`),
    embed: () => Promise.reject(new Error('not asked')),
    rerank: () => Promise.reject(new Error('not asked')),
    // biome-ignore lint/correctness/useYield: nothing is said before it fails
    async *analyse() {
      throw new Error('not asked');
    },
    stop: async () => undefined,
    ...options.engine,
  };
  const reader = { get: (key: keyof Settings) => settings[key], onChange: () => () => undefined } as SettingsReader;
  const tally = createTally(clock);
  const residents = createResidents({
    source,
    engine: () => engine,
    settings: reader,
    clock,
    log,
    changed: (id) => changed.push(id),
    left: ({ model }, cause) => tally.moved(model, cause),
    ...(options.loaded ? { loaded: options.loaded } : {}),
  });
  const [a, b, c] = models as [(typeof models)[0], (typeof models)[0], (typeof models)[0]];
  return { residents, settings: reader, tally, source, calls, changed, log, clock, engine, a, b, c };
}

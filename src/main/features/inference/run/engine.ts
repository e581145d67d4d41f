/** One engine's process as typed calls. It starts when it is first needed and again after a crash. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import {
  EngineAnswer,
  EngineAsk,
  EngineItem,
  type EngineName,
  type LoadedFacts,
  type TextRole,
} from '../../../../contract/models/engine.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Logger } from '../../../core/log/logger.ts';
import { workerModule } from '../../../core/process/modules.ts';
import { createWorkerClient } from '../../../core/process/worker/client.ts';
import type { SettingsReader } from '../../../core/settings.ts';
import type { Platform } from '../../../platform/platform.ts';

export type LoadAsk = Extract<EngineAsk, { op: 'load' }>;
export type GenerateAsk = Extract<EngineAsk, { op: 'generate' }>;
export type Finished = Extract<EngineAnswer, { t: 'finished' }>;
export type Embedded = Extract<EngineAnswer, { t: 'embedded' }>;
export type AnalysisAsk = Extract<EngineAsk, { op: 'entities' | 'classify' | 'zero_shot' | 'transcribe' | 'describe' }>;
/** What an engine answers to each of them. */
const ANSWERS = {
  ...({ entities: 'entities', classify: 'classified', zero_shot: 'classified' } as const),
  ...({ transcribe: 'transcribed', describe: 'described' } as const),
} satisfies Record<AnalysisAsk['op'], EngineAnswer['t']>;
export type Analysed = Extract<EngineAnswer, { t: (typeof ANSWERS)[AnalysisAsk['op']] }>;
export type Ranked = Extract<EngineAnswer, { t: 'ranked' }>;

/** The requests that an engine takes. Each throws the error that the engine answers, or `service-unavailable` when its process has ended. */
export interface Engine {
  load(ask: LoadAsk, signal: AbortSignal, progress: (percent: number) => void): Promise<LoadedFacts>;
  unload(model: string): Promise<void>;
  /** @param alone whether no other engine has models in memory */
  share(alone: boolean): Promise<void>;
  /** @throws AppError `generation-timeout` when no token comes for too long */
  generate(ask: GenerateAsk, signal: AbortSignal): AsyncGenerator<EngineItem, Finished, void>;
  embed(model: string, texts: string[], as: TextRole | null, signal: AbortSignal): Promise<Embedded>;
  rerank(model: string, query: string, documents: string[], signal: AbortSignal): Promise<Ranked>;
  /** Judges a text, or tells what a file holds; progress comes before the answer. @throws as {@link generate} */
  analyse(ask: AnalysisAsk, signal: AbortSignal): AsyncGenerator<EngineItem, Analysed, void>;
  stop(): Promise<void>;
}

/** The program that is forked for an engine; tests put a scripted one in its place. */
export type EngineModules = Partial<Record<EngineName, string>>;

export interface EngineDeps {
  platform: Platform;
  clock: Clock;
  log: Logger;
  settings: SettingsReader;
  modules?: EngineModules;
}

const READY_MS = 60_000;
/** An engine confirms a cancel after the current batch; one that takes longer is killed. */
const CANCEL_GRACE_MS = 5_000;
/**
 * One that computes for others too gets longer: a batch that cannot be interrupted, as half a minute of sound in a large model, costs them less
 * than their answers and the loading of all models.
 */
const SHARED_GRACE_MS = 30_000;
const STOP_GRACE_MS = 3_000;
const UNLOAD_MS = 30_000;
/** Longest time between two steps of progress; a slow disk may take minutes for one percent. */
const LOAD_IDLE_MS = 600_000;
const WITHOUT_LIMIT_MS = 86_400_000;

/** Whether an engine has failed because its process ended. */
export const hasEnded = (error: unknown): error is AppError =>
  error instanceof AppError && error.extra.reason === 'worker_crashed';

/** Turns the end of the process into an error that tells the caller to try again. */
function explained(name: EngineName, thrown: unknown): unknown {
  if (!(thrown instanceof AppError) || thrown.slug !== 'worker-crashed') return thrown;
  const told =
    thrown.extra.killed === true
      ? `The engine ${name} was ended while it computed this, because it did not stop what another caller had cancelled. Nothing is wrong with this request: send it again; the models are being loaded again.`
      : `The engine ${name} ended while it computed this: ${thrown.message} It starts again with the next request.`;
  return new AppError('service-unavailable', told, {
    extra: { reason: 'worker_crashed', retry_after: 1 },
    cause: thrown,
  });
}

/** Variables that native libraries and the dynamic loader need; the engine gets no others of the host. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LD_LIBRARY_PATH', 'CUDA_VISIBLE_DEVICES'];

/**
 * For the allocator of Linux (glibc): large blocks come from the system and go back to it when they are freed. Left to itself it keeps ever larger
 * ones for later, and a process holds up to twice the weights of a model that it reads, and much of one that was unloaded.
 */
export const ALLOCATOR = { MALLOC_MMAP_THRESHOLD_: '262144', MALLOC_TRIM_THRESHOLD_: '1048576' };

function environment(settings: SettingsReader): Record<string, string> {
  const env: Record<string, string> = { ...ALLOCATOR };
  for (const name of INHERITED) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  const threads = settings.get('inference.threads');
  if (threads > 0) env.TABAGENT_THREADS = String(threads);
  if (settings.get('inference.gpu') === 'off') env.TABAGENT_GPU = 'off';
  return env;
}

function answered<T extends EngineAnswer['t']>(type: T, answer: EngineAnswer): Extract<EngineAnswer, { t: T }> {
  if (answer.t !== type) throw new Error(`The engine answered ${answer.t} in place of ${type}.`);
  return answer as Extract<EngineAnswer, { t: T }>;
}

/** @param onGone called when the process has ended, and with it everything that was loaded */
export function createEngine(
  name: EngineName,
  deps: EngineDeps,
  onGone: (reason: string, isExcused: boolean) => void,
): Engine {
  const { platform, settings, modules = {} } = deps;
  const client = createWorkerClient(deps, {
    module: modules[name] ?? workerModule(platform.appRoot, `inference/${name}`),
    name: `tabagent-${name}`,
    env: environment(settings),
    ask: EngineAsk,
    answer: EngineAnswer,
    item: EngineItem,
    readyMs: READY_MS,
    cancelGraceMs: CANCEL_GRACE_MS,
    sharedGraceMs: SHARED_GRACE_MS,
    backoffMs: 200,
    maxCrashes: 3,
    openMs: 30_000,
    onGone,
  });
  const idleMs = () => settings.get('generation_timeout_seconds') * 1000 || WITHOUT_LIMIT_MS;

  const ask = async <T extends EngineAnswer['t']>(
    type: T,
    body: EngineAsk,
    deadlineMs: number,
    signal?: AbortSignal,
  ) => {
    try {
      return answered(type, await client.request(body, { deadlineMs, ...(signal ? { signal } : {}) }));
    } catch (thrown) {
      throw explained(name, thrown);
    }
  };

  async function* streamed(body: EngineAsk, signal: AbortSignal): AsyncGenerator<EngineItem, EngineAnswer, void> {
    try {
      return yield* client.stream(body, { idleMs: idleMs(), signal });
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.slug === 'gateway-timeout')
        throw new AppError('generation-timeout', undefined, {
          extra: { timeout_seconds: settings.get('generation_timeout_seconds') },
        });
      throw explained(name, thrown);
    }
  }

  return {
    async load(body, signal, progress) {
      try {
        const stream = client.stream(body, { idleMs: LOAD_IDLE_MS, signal });
        for (;;) {
          const next = await stream.next();
          if (next.done) return answered('loaded', next.value).facts;
          if (next.value.t === 'loading') progress(next.value.percent);
        }
      } catch (thrown) {
        throw explained(name, thrown);
      }
    },
    async unload(model) {
      await ask('unloaded', { op: 'unload', model }, UNLOAD_MS);
    },
    async share(alone) {
      await ask('shared', { op: 'share', alone }, UNLOAD_MS);
    },
    async *generate(body, signal) {
      return answered('finished', yield* streamed(body, signal));
    },
    async *analyse(body, signal) {
      return answered(ANSWERS[body.op], yield* streamed(body, signal));
    },
    embed: (model, texts, as, signal) => ask('embedded', { op: 'embed', model, texts, as }, idleMs(), signal),
    rerank: (model, query, documents, signal) =>
      ask('ranked', { op: 'rerank', model, query, documents }, idleMs(), signal),
    stop: () => client.stop(STOP_GRACE_MS),
  };
}

/** Inference: loads models and answers chats, completions, responses and rankings with them. */
import type { EngineName } from '../../../contract/models/engine.ts';
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import { newRequestId } from '../../core/ids.ts';
import type { Part } from '../../core/lifecycle.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Chore } from '../../core/maintenance.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import type { SettingsReader } from '../../core/settings.ts';
import type { Platform } from '../../platform/platform.ts';
import type { JobService } from '../jobs/index.ts';
import { createEngineCommands } from './commands/index.ts';
import type { Conversations, FileOf, LoadableModel, ModelLookup } from './deps.ts';
import { createCpuShare } from './models/cpu-share.ts';
import { heldBy } from './models/resident.ts';
import { createResidents } from './models/residents.ts';
import { createModelService, referenceOf } from './models/service.ts';
import { createChat } from './openai/chat.ts';
import { createCompletions } from './openai/completions.ts';
import { createRerank } from './rerank.ts';
import { createResponses } from './responses/index.ts';
import { createEngine, type Engine, type EngineModules } from './run/engine.ts';
import { createGenerate } from './run/generation.ts';
import { createLive } from './run/live.ts';
import { createStats } from './run/stats.ts';
import { createStopping } from './run/stopping.ts';
import { createTally } from './run/tally.ts';
import { createVectors } from './run/vectors.ts';
import { createSelfCheck } from './self-check/index.ts';
import { createResponseStore } from './store.ts';

export { mediaFiles } from './commands/media-files.ts';
export type {
  Conversations,
  GenerationDefaults,
  LoadableModel,
  ModelLookup,
  Recording,
  RecordingEnd,
} from './deps.ts';
export type { EngineModules } from './run/engine.ts';

/** Ids of the operations that this feature answers. */
export type InferenceOperationId =
  | 'chat'
  | 'generate'
  | 'models'
  | 'model_info'
  | 'get_loaded_models'
  | 'load_model'
  | 'unload_model'
  | 'stop_generation'
  | 'get_halt_status'
  | 'stats'
  | 'rerank'
  | 'responses'
  | 'responses_get'
  | 'responses_input_items'
  | 'responses_cancel'
  | 'responses_delete';

interface Deps {
  db: Db;
  platform: Platform;
  clock: Clock;
  log: Logger;
  tempDir: string;
  settings: SettingsReader;
  jobs: JobService;
  source: ModelLookup;
  conversations: Conversations;
  fileOf: FileOf;
  /** Programs in place of the engines that speak the same protocol; for tests. */
  engines?: EngineModules;
}

export function createInference(deps: Deps) {
  const { clock, source } = deps;
  /** The engines that were needed so far, each a process of its own. */
  const engines = new Map<EngineName, Engine>();
  const engine = ({ engine: name }: LoadableModel): Engine => {
    const known = engines.get(name);
    if (known !== undefined) return known;
    const own = { ...deps, ...(deps.engines ? { modules: deps.engines } : {}) };
    const made: Engine = createEngine(name, own, (_reason, isExcused) => residents.lost(made, isExcused));
    engines.set(name, made);
    return made;
  };
  const tally = createTally(clock);
  const selfCheck = createSelfCheck(deps);
  const residents = createResidents({
    ...deps,
    loaded(resident) {
      tally.moved(resident.model, 'load');
      selfCheck.loaded(resident);
    },
    left: ({ model }, cause) => tally.moved(model, cause),
    engine,
    changed(id) {
      source.changed?.(id);
      shareCpu();
    },
  });
  const shareCpu = createCpuShare({ all: residents.all, log: deps.log });
  const live = createLive(clock);
  const stats = createStats({ clock, residents, tally });
  const generate = createGenerate({ source, residents, live, clock, finished: stats.finished });
  const models = createModelService({ ...deps, residents });
  const store = createResponseStore(deps.db);
  const stopping = createStopping(live);
  const vectors = createVectors({ source, residents, tally, clock, settings: deps.settings });
  const commands = createEngineCommands({ source, residents, generate, tally, fileOf: deps.fileOf });

  const handlers: Handlers<InferenceOperationId> = {
    chat: createChat({ generate, clock, conversations: deps.conversations }),
    generate: createCompletions(generate, clock, deps.conversations),
    rerank: createRerank(vectors),
    ...createResponses({ generate, store, live, clock }),
    models: ({ filter }) => models.list(filter),
    model_info: ({ model_id }, { requestId }) => models.info(model_id, requestId),
    get_loaded_models: () => models.loaded(),
    load_model: (input, { requestId }) => models.load(input, requestId),
    unload_model: (input, { requestId }) => models.unload(referenceOf(input), requestId),
    stats: () => stats.read(),
    stop_generation: (input, { principal }) => stopping.stop(input, principal, newRequestId()),
    get_halt_status: ({ session_id }, { principal }) => stopping.status(session_id, principal),
  };
  async function stop(): Promise<void> {
    residents.dispose();
    await Promise.all([...engines.values()].map((one) => one.stop()));
  }
  const service = {
    embedder: vectors.embedder,
    embedders: vectors.embedders,
    /** What loaded models hold, and what they would give back. */
    held: () => heldBy(residents.all()),
    isLoaded: (name: string) => residents.get(name)?.facts != null,
    /** Commands that the engine computes. */
    checkCommand: commands.check,
    runCommand: commands.run,
    /** Loaded models with what they take, and tokens since the start of the host. */
    figures: stats.figures,
    /** Unloads a model if it is loaded, which ends what runs on it. */
    async unload(name: string): Promise<void> {
      const resident = residents.get(name);
      if (resident !== undefined) await residents.unload(resident.model);
    },
  };
  const prune = () => store.prune(clock.now() - deps.settings.get('responses_retention_days') * 86_400_000);
  const parts: Part[] = [{ name: 'inference', stop }];
  const chores: Chore[] = [{ name: 'forgetting old responses', run: prune }];
  return { service, handlers, parts, chores };
}

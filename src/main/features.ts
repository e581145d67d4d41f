/** The features of the program, and what each is given of the others. */
import path from 'node:path';
import { shellOperations } from '../contract/host/shell.ts';
import type { Feature } from './core/feature.ts';
import type { Foundation } from './core/foundation.ts';
import { createHardware, type Hardware } from './core/hardware.ts';
import { newRequestId } from './core/ids.ts';
import { createLateHandlers } from './core/operation/late-handlers.ts';
import { workerModule } from './core/process/modules.ts';
import { createBulk } from './features/bulk/index.ts';
import { createCommands } from './features/commands/index.ts';
import { createConnections } from './features/connections/index.ts';
import { createDemo } from './features/demo/index.ts';
import { createEmbeddings } from './features/embeddings/index.ts';
import { createInference, type EngineModules, mediaFiles } from './features/inference/index.ts';
import { createJobs, type JobService } from './features/jobs/index.ts';
import { createModels, type Held } from './features/models/index.ts';
import { createProfileArchives } from './features/profiles/archive/index.ts';
import { createProfiles } from './features/profiles/index.ts';
import { createProxies } from './features/proxies/index.ts';
import { createRetrieval } from './features/retrieval/index.ts';
import { createSchedules } from './features/schedules/index.ts';
import { createSessions } from './features/sessions/index.ts';
import { createSettingsFeature } from './features/settings/index.ts';
import { createStorage, type Uploads } from './features/storage/index.ts';
import { createTasks } from './features/tasks/index.ts';
import { createTelemetry } from './features/telemetry/index.ts';

/** What only the doors know; they are created after the features, so it is asked for late. */
interface Addresses {
  http(): { url: string | null; error: string | null };
  baseUrl(): string;
  contentUrl(artifact: { id: string; name: string }): string | null;
  panelUrl(): string | null;
  calls(): { calls: number; failed: number };
}

/** What tests bring in place of the real thing. */
export interface Replaced {
  engines?: EngineModules;
}

/** The features with verbs on many rows. */
const bulkOf = <T extends Record<string, { bulk: unknown }>>(of: T) =>
  Object.fromEntries(Object.entries(of).map(([name, { bulk }]) => [`${name}_bulk`, bulk])) as {
    [K in keyof T & string as `${K}_bulk`]: T[K]['bulk'];
  };

type Add = <F extends Feature>(name: string, feature: F) => F;
type ModelDeps = Foundation & Addresses & { hardware: Hardware; jobs: JobService; uploads: Uploads };

/** Models, the engines that run them, and what computes on engines. `artifact` finds the file of one, once there are tasks. */
function addModels(
  shared: ModelDeps,
  replaced: Replaced,
  { add, artifact }: { add: Add; artifact(id: string): string },
) {
  const { uploads } = shared;
  const engines = {
    isLoaded: (name: string): boolean => inference.service.isLoaded(name),
    unload: (name: string): Promise<void> => inference.service.unload(name),
    held: (): Held => inference.service.held(),
  };
  const models = add(
    'models',
    createModels({ ...shared, engines, admitSession: (...asked) => conversations.admit(...asked) }),
  );
  const { conversations } = add('sessions', createSessions({ ...shared, params: models.params }));
  const fileOf = mediaFiles({ artifact, upload: (id) => uploads.require(id, null).file });
  const inference = add(
    'inference',
    createInference({ ...shared, source: models.source, conversations, ...replaced, fileOf }),
  );
  const embeddings = add('embeddings', createEmbeddings({ ...shared, semantic: inference.service }));
  add('retrieval', createRetrieval({ ...shared, embeddings: embeddings.service }));
  return inference;
}

/** One line for each feature. Their parts start in this order and stop in the reverse order. */
export function createFeatures(shared: Foundation & Addresses, replaced: Replaced) {
  const { dataDir, log, platform, settings, tempDir } = shared;
  const all: (Feature & { name: string })[] = [];
  const add: Add = (name, feature) => {
    all.push({ ...feature, name });
    return feature;
  };
  const jobs = createJobs(shared);
  const shell = add('shell', createLateHandlers(Object.keys(shellOperations)));
  add('settings', createSettingsFeature(settings));
  const connections = add('connections', createConnections(shared));
  // Before the profiles, so that browsers stop first.
  const proxies = add('proxies', createProxies({ ...shared, jobs: jobs.service }));
  const profilesDir = path.join(dataDir, 'profiles');
  const profiles = add('profiles', createProfiles({ ...shared, profilesDir, proxies: proxies.service }));
  const commands = add(
    'commands',
    createCommands({
      ...shared,
      profileName: profiles.service.name,
      checkOnEngine: (spec) => inference.service.checkCommand(spec),
    }),
  );
  const storage = add('storage', createStorage({ ...shared, jobs: jobs.service }));
  const archived = { ...shared, jobs, profiles, uploads: storage.uploads };
  const archives = add('profile-archives', createProfileArchives(archived));
  const hardware = createHardware();
  const inference = addModels({ ...shared, hardware, jobs: jobs.service, uploads: storage.uploads }, replaced, {
    add,
    artifact: (id): string => tasks.service.content(id).path,
  });
  // After the engines, so that tasks stop first: one that is cut off by the end of the host is told from one that failed.
  const tasks = add(
    'tasks',
    createTasks({
      ...shared,
      log: log.for('tasks'),
      commands: commands.service,
      profiles: profiles.service,
      trafficOf: proxies.service.traffic.ofTask,
      runOnEngine: inference.service.runCommand,
      paths: { tasks: path.join(dataDir, 'tasks'), temp: tempDir },
      executorModule: workerModule(platform.appRoot, 'executor'),
      instanceId: newRequestId(),
    }),
  );
  const runnable = { ...shared, commands: commands.service, profiles: profiles.service };
  const schedules = add('schedules', createSchedules({ ...runnable, tasks }));
  const bulk = bulkOf({ tasks, profiles, proxies, commands, schedules });
  add('bulk', createBulk({ ...shared, jobs: jobs.service, resources: bulk }));
  add('demo', createDemo(runnable));
  const figures = { tasks: tasks.service.metrics, calls: shared.calls };
  const figured = { ...shared, hardware, figures, browsers: () => profiles.browsers.list(true) };
  const telemetry = add('telemetry', createTelemetry({ ...figured, models: inference.service.figures }));
  // Last, so that jobs have ended before the features that their kinds belong to stop.
  add('jobs', jobs);
  return { all, shell, archives, connections, profiles, proxies, tasks, storage, inference, telemetry };
}

/** What {@link createFeatures} made. */
export type Features = ReturnType<typeof createFeatures>;

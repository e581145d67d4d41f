/** The composition root: the only file that knows everything. The desktop app and `tabagent serve` both call {@link createHost}. */
import path from 'node:path';
import { shellOperations } from '../contract/host/shell.ts';
import type { Change } from '../contract/host/telemetry.ts';
import type { ProfileId } from '../contract/kernel/scalars.ts';
import type { HostConfig } from './core/config.ts';
import type { Feature } from './core/feature.ts';
import { explained, type Foundation, openFoundation } from './core/foundation.ts';
import { createHardware } from './core/hardware.ts';
import { newRequestId, randomToken } from './core/ids.ts';
import { createLifecycle, type Part } from './core/lifecycle.ts';
import { createEventLog } from './core/log/event-log.ts';
import { createMaintenance } from './core/maintenance.ts';
import { createLateHandlers } from './core/operation/late-handlers.ts';
import type { AnyHandler, Handlers } from './core/operation/operation.ts';
import { OPERATOR } from './core/operation/operator.ts';
import { workerModule } from './core/process/modules.ts';
import { openAiDialect } from './dialects/openai/index.ts';
import { createContentOrigin, createDoors, createMemoryClient, type Doors, panelOrigins } from './doors/index.ts';
import { createBulk } from './features/bulk/index.ts';
import { createCommands } from './features/commands/index.ts';
import { createConnections } from './features/connections/index.ts';
import { createDemo } from './features/demo/index.ts';
import { createEmbeddings } from './features/embeddings/index.ts';
import { createInference, type EngineModules } from './features/inference/index.ts';
import { createJobs } from './features/jobs/index.ts';
import { createModels } from './features/models/index.ts';
import { createProfiles } from './features/profiles/index.ts';
import { createRetrieval } from './features/retrieval/index.ts';
import { createSessions } from './features/sessions/index.ts';
import { createSettingsFeature } from './features/settings/index.ts';
import { createStorage } from './features/storage/index.ts';
import { createTasks } from './features/tasks/index.ts';
import { createTelemetry } from './features/telemetry/index.ts';
import type { Platform } from './platform/platform.ts';

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
  availableBytes?: () => number;
}

/** One line for each feature. Their parts start in this order and stop in the reverse order. */
function createFeatures(shared: Foundation & Addresses, replaced: Replaced) {
  const { dataDir, log, platform, settings, tempDir } = shared;
  const all: (Feature & { name: string })[] = [];
  const add = <F extends Feature>(name: string, feature: F): F => {
    all.push({ ...feature, name });
    return feature;
  };
  const jobs = createJobs(shared);
  const shell = add('shell', createLateHandlers(Object.keys(shellOperations)));
  add('settings', createSettingsFeature(settings));
  const connections = add('connections', createConnections(shared));
  const profiles = add('profiles', createProfiles({ ...shared, profilesDir: path.join(dataDir, 'profiles') }));
  const commands = add(
    'commands',
    createCommands({
      ...shared,
      profileName: profiles.service.name,
      checkOnEngine: (spec) => inference.service.checkCommand(spec),
    }),
  );
  const storage = add('storage', createStorage({ ...shared, jobs: jobs.service }));
  const hardware = createHardware();
  const engines = {
    isLoaded: (name: string): boolean => inference.service.isLoaded(name),
    unload: (name: string): Promise<void> => inference.service.unload(name),
  };
  const models = add(
    'models',
    createModels({ ...shared, hardware, engines, jobs: jobs.service, uploads: storage.uploads }),
  );
  const { conversations } = add('sessions', createSessions({ ...shared, params: models.params }));
  const inference = add(
    'inference',
    createInference({ ...shared, jobs: jobs.service, source: models.source, conversations, ...replaced }),
  );
  const embeddings = add('embeddings', createEmbeddings({ ...shared, semantic: inference.service }));
  add('retrieval', createRetrieval({ ...shared, embeddings: embeddings.service }));
  // After the engines, so that tasks stop first: one that is cut off by the end of the host is told from one that failed.
  const tasks = add(
    'tasks',
    createTasks({
      ...shared,
      log: log.for('tasks'),
      commands: commands.service,
      profiles: profiles.service,
      runOnEngine: inference.service.runCommand,
      paths: { tasks: path.join(dataDir, 'tasks'), temp: tempDir },
      executorModule: workerModule(platform.appRoot, 'executor'),
      instanceId: newRequestId(),
    }),
  );
  const resources = { tasks_bulk: tasks.bulk, profiles_bulk: profiles.bulk, commands_bulk: commands.bulk };
  add('bulk', createBulk({ ...shared, jobs: jobs.service, resources }));
  add('demo', createDemo({ ...shared, commands: commands.service, profiles: profiles.service }));
  const figures = { tasks: tasks.service.metrics, calls: shared.calls };
  const browsers = () => profiles.browsers.list(true);
  const telemetry = add(
    'telemetry',
    createTelemetry({ ...shared, hardware, browsers, figures, models: inference.service.figures }),
  );
  // Last, so that jobs have ended before the features that their kinds belong to stop.
  add('jobs', jobs);
  return { all, shell, connections, profiles, tasks, storage, inference, telemetry };
}

type Features = ReturnType<typeof createFeatures>;

/** The doors as a part: they open last, once everything that they lead to runs, and the lock file then tells where they are. */
function doorsPart(doors: Doors, foundation: Foundation, features: Features, config: HostConfig): Part {
  const { settings, lock, version, startedAt } = foundation;
  const token = randomToken(32);
  features.connections.authenticator.addStatic(token, OPERATOR);
  return {
    name: 'doors',
    stopDeadlineMs: 15_000,
    async start() {
      if (config.http) await doors.start(settings.get('host'), settings.get('port'));
      features.telemetry.state.warn('http', doors.error());
      lock.publish({ pid: process.pid, version, url: doors.url(), token, started_at: startedAt });
    },
    stop: () => doors.stop(),
  };
}

const eventLogPart = ({ events, log }: Foundation, { all }: Features): Part =>
  createEventLog(
    events,
    log.for('host', { terminal: false }),
    all.flatMap(({ tellers }) => tellers ?? []),
  );

/** What only the desktop asks for; see `shell/host-port.ts`. */
function desktopOf({ profiles, tasks, shell }: Features, dataDir: string) {
  return {
    folderOf(target: 'data' | 'logs' | 'profile' | 'task', id?: string): string | null {
      if (target === 'data') return dataDir;
      if (target === 'logs') return path.join(dataDir, 'logs');
      if (id === undefined) return null;
      return target === 'profile'
        ? profiles.service.folder(id as ProfileId)
        : path.join(dataDir, 'tasks', tasks.service.get(id).id);
    },
    queue: tasks.service.queue,
    register: (handlers: Handlers<keyof typeof shellOperations>) =>
      shell.register(handlers as Record<string, AnyHandler>),
  };
}

/** What the metrics page shows beside the calls. */
function figuresOf({ tasks, profiles, inference }: Features, { logFiles, faults }: Foundation) {
  return {
    tasks: tasks.service.metrics,
    queueDepth: tasks.service.queueDepth,
    profilesRunning: profiles.service.running,
    inference: inference.service.figures,
    logDropped: logFiles.dropped,
    listenerFailures: faults.count,
  };
}

/**
 * Builds the whole program on a data directory; nothing listens and nothing runs before `start`.
 * @throws AlreadyRunning when another host owns the directory, AppError `configuration-error` when it cannot be used
 */
export async function createHost(platform: Platform, config: HostConfig, replaced: Replaced = {}) {
  const foundation = openFoundation(platform, config);
  const { clock, dataDir, events, settings, log, version } = foundation;
  const baseUrl = () => doors.url() ?? `http://127.0.0.1:${settings.get('port')}`;
  const content = createContentOrigin({
    ...foundation,
    viewerDir: path.join(platform.appRoot, 'out', 'content'),
    openContent: (id) => tasks.service.openContent(id),
    portFile: path.join(dataDir, 'content-port'),
    panels: () => panelOrigins(doors.url(), settings.get('allowed_origins')),
  });
  const panelUrl = () => (doors.url() === null ? null : `${doors.url()}/panel/`);
  const features = createFeatures(
    {
      ...foundation,
      http: () => ({ url: doors.url(), error: doors.error() }),
      baseUrl,
      contentUrl: content.urlOf,
      panelUrl,
      calls: () => doors.calls(),
    },
    replaced,
  );
  const { connections, tasks, storage, telemetry } = features;

  const doors = createDoors({
    ...foundation,
    log: log.for('http'),
    baseUrl,
    outDir: path.join(platform.appRoot, 'out'),
    panelLinkCommand: config.panelLinkCommand ?? null,
    contentOrigin: content.url,
    connections,
    uploads: storage.uploads,
    // One line for each hand-written wire.
    dialects: [openAiDialect],
    handlers: features.all.map(({ name, handlers }) => ({ feature: name, handlers })),
    metrics: figuresOf(features, foundation),
  });
  const chores = [...foundation.chores, ...features.all.flatMap(({ chores }) => chores ?? [])];
  const lifecycle = createLifecycle(log, [
    ...foundation.parts,
    ...features.all.flatMap(({ parts }) => parts ?? []),
    eventLogPart(foundation, features),
    createMaintenance(clock, log, chores),
    ...(config.http ? [content.part(config.contentPort)] : []),
    doorsPart(doors, foundation, features, config),
  ]);

  return {
    dispatcher: doors.dispatcher,
    /** Calls from inside the process, with every right. */
    client: createMemoryClient(doors.dispatcher, OPERATOR),
    log,
    settings,
    changes: {
      subscribe: (listener: (change: Change) => void) => events.subscribe((changes) => changes.forEach(listener)),
    },
    openContent: tasks.service.openContent,
    contentPages: content.pages,
    desktop: { ...desktopOf(features, dataDir), connectPort: doors.connectPort },
    bindProblem: connections.service.bindProblem,
    /** Starts every part. @returns where the API is, or why it is not open */
    async start() {
      await lifecycle.start().catch((error: unknown) => Promise.reject(explained(dataDir, error)));
      telemetry.state.ready = true;
      log.info('host', `TabAgent ${version} is ready`, { url: doors.url(), pid: process.pid, platform: platform.kind });
      const panelLink = () => `${panelUrl()}#ticket=${connections.service.sessions.issueLink().ticket}`;
      return { url: doors.url(), httpError: doors.error(), panelLink };
    },
    ...foundation.uncaught,
    /** Stops every part in reverse order; resolves when nothing is left. */
    async stop(reason: string): Promise<void> {
      telemetry.state.ready = false;
      log.info('host', `stopping: ${reason}`);
      await lifecycle.stop();
    },
  };
}
/** The running program. */
export type Host = Awaited<ReturnType<typeof createHost>>;

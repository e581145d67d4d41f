/** The composition root: it puts the foundation, the features and the doors together. The desktop app and `tabagent serve` both call {@link createHost}. */
import path from 'node:path';
import type { shellOperations } from '../contract/host/shell.ts';
import type { Change } from '../contract/host/telemetry.ts';
import type { ProfileId } from '../contract/kernel/scalars.ts';
import type { HostConfig } from './core/config.ts';
import { explained, type Foundation, openFoundation } from './core/foundation.ts';
import { randomToken } from './core/ids.ts';
import { createLifecycle, type Part } from './core/lifecycle.ts';
import { createEventLog } from './core/log/event-log.ts';
import { createMaintenance } from './core/maintenance.ts';
import type { AnyHandler, Handlers } from './core/operation/operation.ts';
import { OPERATOR } from './core/operation/operator.ts';
import { adsPowerDialect } from './dialects/adspower/index.ts';
import { openAiDialect } from './dialects/openai/index.ts';
import { webhookDialect } from './dialects/webhooks/index.ts';
import { createContentOrigin, createDoors, createMemoryClient, type Doors, panelOrigins } from './doors/index.ts';
import { createFeatures, type Features, type Replaced } from './features.ts';
import type { Platform } from './platform/platform.ts';

/** The doors as a part: they open last, once everything that they lead to runs, and the lock file then tells where they are. */
function doorsPart(doors: Doors, foundation: Foundation, features: Features, config: HostConfig): Part {
  const { db, events, settings, lock, version, startedAt } = foundation;
  const token = randomToken(32);
  features.connections.authenticator.addStatic(token, OPERATOR);
  return {
    name: 'doors',
    stopDeadlineMs: 15_000,
    async start() {
      if (config.http) await doors.start(settings.get('host'), settings.get('port'));
      features.telemetry.state.warn('http', doors.error());
      lock.publish({ pid: process.pid, version, url: doors.url(), token, started_at: startedAt });
      db.bestEffort(() => void events.append({ type: 'host.started', entity: 'host', id: 'host', data: { version } }));
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
function figuresOf({ tasks, profiles, proxies, inference }: Features, { logFiles, faults }: Foundation) {
  return {
    tasks: tasks.service.metrics,
    queueDepth: tasks.service.queueDepth,
    profilesRunning: profiles.service.running,
    proxyTraffic: proxies.service.traffic.total,
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
    devtools: features.profiles.service.devtools,
    // One line for each hand-written wire.
    dialects: [openAiDialect, adsPowerDialect, webhookDialect],
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
    ...{ openContent: tasks.service.openContent, openExport: features.archives.openExport },
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

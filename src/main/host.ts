/** The composition root: the only file that knows everything. The desktop app and `tabagent serve` both call {@link createHost}. */
import path from 'node:path';
import { shellOperations } from '../contract/host/shell.ts';
import type { Change } from '../contract/host/telemetry.ts';
import type { ProfileId } from '../contract/kernel/scalars.ts';
import { iso } from './core/clock.ts';
import type { HostConfig } from './core/config.ts';
import { openFoundation } from './core/foundation.ts';
import { newRequestId, randomToken } from './core/ids.ts';
import { createLifecycle } from './core/lifecycle.ts';
import { createMaintenance, databaseChore, eventChore } from './core/maintenance.ts';
import { createLateHandlers } from './core/operation/late-handlers.ts';
import type { AnyHandler, Handlers } from './core/operation/operation.ts';
import { OPERATOR } from './core/operation/operator.ts';
import { threadModule, workerModule } from './core/process/modules.ts';
import { createDoors, createMemoryClient } from './doors/index.ts';
import { createCommands } from './features/commands/index.ts';
import { bindProblem, createConnections } from './features/connections/index.ts';
import { createDemo } from './features/demo/index.ts';
import { createJobs } from './features/jobs/index.ts';
import { createProfiles } from './features/profiles/index.ts';
import { createSettingsFeature } from './features/settings/index.ts';
import { createStorage } from './features/storage/index.ts';
import { createTasks } from './features/tasks/index.ts';
import { createHostState, createTelemetry } from './features/telemetry/index.ts';
import type { Platform } from './platform/platform.ts';

/** Deleted things can be restored this long, ms. */
const TRASH_MS = 30 * 86_400_000;

/**
 * Builds the whole program on a data directory; nothing listens and nothing runs before `start`.
 * @throws AlreadyRunning when another host owns the directory, AppError `configuration-error` when it cannot be used
 */
export async function createHost(platform: Platform, config: HostConfig) {
  const { dataDir } = config;
  const version = platform.versions.app;
  const at = (...parts: string[]) => path.join(dataDir, ...parts);
  const foundation = openFoundation(platform, config);
  const { clock, db, events, settings, secrets, log, logFiles, lock } = foundation;
  const state = createHostState(events, secrets);
  const startedAt = iso(clock.now());
  const baseUrl = () => doors.url() ?? `http://127.0.0.1:${settings.get('port')}`;
  const shared = { ...foundation, baseUrl };
  const tempDir = platform.paths.temp;
  // In the desktop app the program is Electron itself, which must not run as Node (fuses).
  const nodePath = platform.kind === 'node' ? process.execPath : null;

  const profiles = createProfiles({ ...shared, profilesDir: at('profiles'), tempDir, browserArgs: config.browserArgs });
  const commands = createCommands({ ...shared, profileName: profiles.service.name, nodePath });
  const tasks = createTasks({
    ...shared,
    log: log.for('tasks'),
    platform,
    commands: commands.service,
    profiles: profiles.service,
    paths: { tasks: at('tasks'), temp: tempDir },
    executorModule: workerModule(platform.appRoot, 'executor'),
    nodePath,
    instanceId: newRequestId(),
  });
  const jobs = createJobs(shared);
  const storage = createStorage({
    ...shared,
    jobs: jobs.service,
    dataDir,
    backupThread: threadModule(platform.appRoot, 'backup'),
  });
  const connections = createConnections({
    ...shared,
    panelUrl: () => (doors.url() === null ? null : `${doors.url()}/panel/`),
  });
  const examplesDir = path.join(platform.appRoot, 'examples');
  const demo = createDemo({ db, commands: commands.service, profiles: profiles.service, examplesDir });
  const http = () => ({ url: doors.url(), error: doors.error() });
  const telemetry = createTelemetry({
    ...shared,
    version,
    state,
    figures: { tasks: tasks.service.metrics, calls: () => doors.calls() },
    doctor: {
      db,
      dbThread: threadModule(platform.appRoot, 'db-check'),
      secrets,
      dataDir,
      http,
      electron: platform.versions.electron,
      browsers: () => profiles.browsers.list(true),
    },
    facts: () => ({
      platform: platform.kind,
      electron: platform.versions.electron,
      data_dir: dataDir,
      log_dir: at('logs'),
      url: doors.url(),
      http_error: doors.error(),
      started_at: startedAt,
    }),
  });
  const shell = createLateHandlers(Object.keys(shellOperations));
  const doors = createDoors({
    ...shared,
    log: log.for('http'),
    version,
    outDir: path.join(platform.appRoot, 'out'),
    connections,
    uploads: storage.uploads,
    handlers: [
      { feature: 'telemetry', handlers: telemetry.handlers },
      { feature: 'settings', handlers: createSettingsFeature(settings).handlers },
      { feature: 'connections', handlers: connections.handlers },
      { feature: 'profiles', handlers: profiles.handlers },
      { feature: 'commands', handlers: commands.handlers },
      { feature: 'tasks', handlers: tasks.handlers },
      { feature: 'jobs', handlers: jobs.handlers },
      { feature: 'storage', handlers: storage.handlers },
      { feature: 'demo', handlers: demo.handlers },
      { feature: 'shell', handlers: shell.handlers },
    ],
    metrics: {
      tasks: tasks.service.metrics,
      queueDepth: tasks.service.queueDepth,
      profilesRunning: profiles.service.running,
      logDropped: logFiles.dropped,
    },
  });
  const maintenance = createMaintenance(clock, log, [
    eventChore(events, settings, clock),
    { name: 'emptying the trash of commands', run: () => commands.service.purge(clock.now() - TRASH_MS) },
    { name: 'emptying the trash of profiles', run: () => profiles.service.purge(clock.now() - TRASH_MS) },
    { name: 'removing old jobs', run: () => void jobs.service.prune(clock.now() - TRASH_MS) },
    { name: 'removing unused uploads', run: storage.uploads.prune },
    databaseChore(db),
  ]);
  const token = randomToken(32);
  connections.authenticator.addStatic(token, OPERATOR);
  if (foundation.movedAside !== null) {
    state.warn(
      'database',
      `The database could not be read and was moved to ${foundation.movedAside}; TabAgent started with an empty one. Copies are in ${at('backups')}.`,
    );
  }

  const lifecycle = createLifecycle(log);
  lifecycle.add({ name: 'data directory', stop: lock.release });
  lifecycle.add({ name: 'log', stop: logFiles.close });
  lifecycle.add({ name: 'database', stop: db.close });
  lifecycle.add({ name: 'maintenance', start: maintenance.start, stop: maintenance.stop });
  lifecycle.add({ name: 'connections', stop: connections.dispose });
  lifecycle.add({ name: 'jobs', stop: jobs.service.stop });
  lifecycle.add({ name: 'demo site', stop: demo.service.stop });
  lifecycle.add({ name: 'profiles', stop: profiles.service.closeAll, stopDeadlineMs: 15_000 });
  lifecycle.add({
    name: 'tasks',
    stopDeadlineMs: 20_000,
    async start() {
      const interrupted = await tasks.start();
      if (interrupted > 0) log.warn('host', `${interrupted} attempts were cut off when the host last ended`);
    },
    async stop() {
      await tasks.stop();
      tasks.dispose();
    },
  });
  lifecycle.add({
    name: 'doors',
    stopDeadlineMs: 15_000,
    async start() {
      if (config.http) await doors.start(settings.get('host'), settings.get('port'));
      state.warn('http', doors.error());
      lock.publish({ pid: process.pid, version, url: doors.url(), token, started_at: startedAt });
    },
    stop: () => doors.stop(),
  });
  // What can wait: the key store, which may ask the operating system, and the demo site. A stop waits for both.
  let afterwards: Promise<unknown> = Promise.resolve();
  lifecycle.add({
    name: 'afterwards',
    start() {
      if (!config.http) return;
      const resumed = demo.service
        .resume()
        .catch((error: unknown) => log.warn('demo', 'the demo site did not start', { error }));
      afterwards = Promise.all([state.secrets(), resumed]);
    },
    stop: () => afterwards.then(() => undefined),
  });
  lifecycle.add({ name: 'metrics', start: telemetry.metrics.start, stop: telemetry.metrics.stop });

  return {
    dispatcher: doors.dispatcher,
    /** Calls from inside the process, with every right. */
    client: createMemoryClient(doors.dispatcher, OPERATOR),
    log,
    settings,
    changes: {
      subscribe: (listener: (change: Change) => void) => events.subscribe((changes) => changes.forEach(listener)),
    },
    queue: { stats: tasks.service.queue },
    connectPort: doors.connectPort,
    openContent: tasks.service.openContent,
    /** Folder that the desktop shows; null when there is none. @throws AppError `not-found` */
    folderOf(target: 'data' | 'logs' | 'profile' | 'task', id?: string): string | null {
      if (target === 'data') return dataDir;
      if (target === 'logs') return at('logs');
      if (id === undefined) return null;
      return target === 'profile' ? profiles.service.folder(id as ProfileId) : at('tasks', tasks.service.get(id).id);
    },
    /** Adds the operations of the desktop shell. */
    registerShell: (handlers: Handlers<keyof typeof shellOperations>) =>
      shell.register(handlers as Record<string, AnyHandler>),
    /** Why the bind address is not safe (api.md §2), or null. */
    bindProblem: () => bindProblem(settings, connections.service.keys.list({ limit: 1, count: false }).items.length),
    /** Starts every part. @returns where the API is, or why it is not open */
    async start() {
      await lifecycle.start();
      state.ready = true;
      log.info('host', `TabAgent ${version} is ready`, { url: doors.url(), pid: process.pid, platform: platform.kind });
      const panelLink = () => `${doors.url()}/panel/#ticket=${connections.service.sessions.issueLink().ticket}`;
      return { url: doors.url(), httpError: doors.error(), panelLink };
    },
    /** Stops every part in reverse order; resolves when nothing is left. */
    async stop(reason: string): Promise<void> {
      state.ready = false;
      log.info('host', `stopping: ${reason}`);
      await lifecycle.stop();
    },
  };
}
/** The running program. */
export type Host = Awaited<ReturnType<typeof createHost>>;

/** The tasks feature on real parts (SQLite on disk, real profiles and commands, real processes), for unit and fault tests. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandCreate } from '../../src/contract/automation/commands.ts';
import { CommandCreate as CommandCreateSchema } from '../../src/contract/automation/commands.ts';
import { ProfileCreate } from '../../src/contract/automation/profiles.ts';
import {
  isTerminal,
  type Task,
  type TaskCreate,
  TaskCreate as TaskCreateSchema,
  type TaskStatus,
} from '../../src/contract/automation/tasks.ts';
import type { Settings } from '../../src/contract/host/settings.ts';
import { AppError } from '../../src/contract/kernel/errors.ts';
import { createRedactor } from '../../src/contract/kernel/redact/redact.ts';
import type { CommandId, Json } from '../../src/contract/kernel/scalars.ts';
import { type Clock, systemClock } from '../../src/main/core/clock.ts';
import { openDatabase } from '../../src/main/core/db/index.ts';
import { createStorageHealth } from '../../src/main/core/disk/storage-health.ts';
import { createEvents } from '../../src/main/core/events.ts';
import { createFaults } from '../../src/main/core/faults.ts';
import { randomToken } from '../../src/main/core/ids.ts';
import { AttemptToken, openInstallation } from '../../src/main/core/installation.ts';
import type { CallContext, Principal } from '../../src/main/core/operation/operation.ts';
import { createTickets } from '../../src/main/core/operation/tickets.ts';
import { createSecrets } from '../../src/main/core/secrets/secrets.ts';
import { createSettings } from '../../src/main/core/settings.ts';
import { createCommands } from '../../src/main/features/commands/index.ts';
import { createProfiles } from '../../src/main/features/profiles/index.ts';
import { createTasks, type RunOnEngine } from '../../src/main/features/tasks/index.ts';
import { createTaskStore } from '../../src/main/features/tasks/store/store.ts';
import { createNodePlatform } from '../../src/main/platform/node.ts';
import { MIGRATIONS, memoryLog, ROOT } from './core.ts';
import { proxiesOn } from './proxies/on-core.ts';

/** The stand-in executor that does what `input.do` lists. */
export const SCRIPTED = path.join(ROOT, 'tests/fixtures/executors/scripted.mjs');
/** The product's executor. */
export const EXECUTOR = path.join(ROOT, 'src/workers/executor/index.ts');
/** Switches that keep a test's browser from looking for the internet. */
export const QUIET_BROWSER = [
  '--gaia-url=http://127.0.0.1:9/',
  '--component-updater=url-source=http://127.0.0.1:9/',
  '--disable-quic',
];

/** The operator at the panel. */
export const operator: Principal = {
  kind: 'panel',
  id: 'panel',
  name: 'Operator',
  scope: 'admin',
  areas: ['automation', 'host', 'models'],
  rateMultiplier: Number.POSITIVE_INFINITY,
};

/** A call of the operator. */
export const callOf = (signal: AbortSignal = new AbortController().signal, principal = operator): CallContext => ({
  principal,
  door: 'memory',
  signal,
  requestId: 'test',
  remote: 'local',
});

export interface TaskHostOptions {
  dir?: string;
  executor?: string;
  settings?: Partial<Settings>;
  clock?: Clock;
  /** In place of the engine. */
  runOnEngine?: RunOnEngine;
}

/** Opens everything on a data directory; `start` is left to the caller. */
export function openTaskHost(options: TaskHostOptions = {}) {
  const dir = options.dir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-tasks-'));
  const clock = options.clock ?? systemClock;
  const storage = createStorageHealth(dir, clock);
  const faults = createFaults(storage);
  const { db } = openDatabase(dir, MIGRATIONS, clock.now(), faults);
  const events = createEvents(db, clock, faults);
  const settings = createSettings(db, events, clock, options.settings ?? {}, faults);
  const redactor = createRedactor();
  const key = Buffer.alloc(32, 7);
  const secrets = createSecrets(db, clock, async () => ({
    backend: 'file',
    weak: true,
    detail: '',
    key: async () => key,
  }));
  const log = memoryLog();
  const platform = createNodePlatform({ appRoot: ROOT });
  const shared = { db, events, clock, settings, secrets, log, redactor, storage };
  // Short, as sockets of browsers live below it.
  const temp = fs.mkdtempSync(path.join(os.tmpdir(), 'ta-'));
  const proxies = proxiesOn(shared);
  const profiles = createProfiles({
    ...shared,
    profilesDir: path.join(dir, 'profiles'),
    tempDir: temp,
    baseUrl: () => 'http://127.0.0.1:8080',
    browserArgs: QUIET_BROWSER,
    proxies: proxies.service,
  });
  const commands = createCommands({
    ...shared,
    platform,
    profileName: profiles.service.name,
    nodePath: process.execPath,
    checkOnEngine: async () => ({ errors: [], shown: {} }),
  });
  const deps = {
    ...shared,
    tickets: createTickets(clock),
    platform,
    commands: commands.service,
    profiles: profiles.service,
    trafficOf: proxies.service.traffic.ofTask,
    runOnEngine: options.runOnEngine ?? (() => Promise.reject(new AppError('not-implemented'))),
    contentUrl: () => null,
    baseUrl: () => 'http://127.0.0.1:8080',
    paths: { tasks: path.join(dir, 'tasks'), temp },
    executorModule: options.executor ?? SCRIPTED,
    nodePath: process.execPath,
    installation: openInstallation(dir),
    instanceId: randomToken(8),
  };
  const tasks = createTasks(deps);
  const store = createTaskStore(db, events, clock);

  /** Waits for an event instead of sleeping; the condition is looked at after every commit. */
  function until<T>(condition: () => T | null | undefined | false, seconds = 20): Promise<T> {
    const now = condition();
    if (now) return Promise.resolve(now);
    return new Promise((resolve, reject) => {
      const stop = events.subscribe(() => {
        const value = condition();
        if (!value) return;
        clearTimeout(timer);
        stop();
        resolve(value);
      });
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`nothing happened within ${seconds} s; log: ${log.lines.slice(-5).join(' | ')}`));
      }, seconds * 1000);
    });
  }

  const statusIs = (id: string, ...wanted: TaskStatus[]) => {
    const status = store.status(id);
    return status !== null && wanted.includes(status) && status;
  };

  return {
    ...deps,
    dir,
    /** What marks the processes of the present attempt of a task. */
    runIdOf: (id: string) => deps.installation.runIdOf(AttemptToken.parse(store.get(id)?.attempt_token)),
    tasks,
    store,
    commandService: commands.service,
    profileService: profiles.service,
    /** A command of kind process; the scripted stand-in ignores its argv. */
    command: (more: Partial<CommandCreate> = {}) =>
      commands.service.create(
        CommandCreateSchema.parse({ name: 'Test', kind: 'process', spec: { argv: ['true'] }, ...more }),
        'test',
      ),
    proxyService: proxies.service,
    profile: (name: string) => profiles.service.create(ProfileCreate.parse({ name })),
    /** Creates a task whose stand-in executor does `steps`. */
    async run(command: { id: string }, steps: Json[], more: Partial<TaskCreate> = {}): Promise<Task> {
      const made = await tasks.service.create(
        TaskCreateSchema.parse({ command_id: command.id as CommandId, input: { do: steps }, ...more }),
        new AbortController().signal,
      );
      if ('items' in made) throw new Error('a batch');
      return made;
    },
    until,
    becomes: (id: string, ...wanted: TaskStatus[]) => until(() => statusIs(id, ...wanted)),
    ends: (id: string, seconds?: number) =>
      until(() => {
        const status = store.status(id);
        return status !== null && isTerminal(status) && tasks.service.get(id);
      }, seconds),
    async dispose({ keep = false }: { keep?: boolean } = {}) {
      await tasks.stop();
      await proxies.service.forwarders.closeAll();
      db.close();
      fs.rmSync(temp, { recursive: true, force: true });
      if (!keep) await removeFolder(dir);
    },
  };
}
export type TaskHost = ReturnType<typeof openTaskHost>;

/** Size measurements of profile folders may still be going on. */
async function removeFolder(dir: string): Promise<void> {
  for (let n = 0; n < 5; n++) {
    try {
      fs.rmSync(dir, { recursive: true, force: true });
      return;
    } catch {
      await delay(20);
    }
  }
}

/** The AppError that `work` throws. @throws what else it throws, or Error when it throws nothing */
export async function thrownBy(work: () => unknown): Promise<AppError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

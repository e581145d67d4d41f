/** Models: the installed ones, their memory, their settings and downloads. */
import os from 'node:os';
import path from 'node:path';
import type { Redactor } from '../../../contract/kernel/redact/redact.ts';
import type { ParamsPatch } from '../../../contract/models/settings.ts';
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import type { Hardware } from '../../core/hardware.ts';
import type { Part } from '../../core/lifecycle.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Chore } from '../../core/maintenance.ts';
import type { Secrets } from '../../core/secrets/secrets.ts';
import type { SettingsReader } from '../../core/settings.ts';
import type { Platform } from '../../platform/platform.ts';
import type { JobService } from '../jobs/index.ts';
import type { Uploads } from '../storage/index.ts';
import { createElsewhere } from './elsewhere/index.ts';
import type { Surroundings } from './elsewhere/places.ts';
import { createHub, type HubTuning } from './hub/index.ts';
import { createCatalogue } from './memory/catalogue.ts';
import { createFitPlanner } from './memory/fit.ts';
import { memoryHandlers } from './memory/routes.ts';
import { createMemoryService } from './memory/service.ts';
import { createImporter } from './registry/import.ts';
import { createInspector } from './registry/inspector.ts';
import { createScanner } from './registry/scan.ts';
import { modelHandlers } from './routes.ts';
import { createModelService, type Engines } from './service.ts';
import { type AdmitSession, settingsHandlers } from './settings/routes.ts';
import { createGenerationSettings } from './settings/service.ts';
import { createModelLookup } from './source.ts';
import { createDownloadStore } from './store/download-store.ts';
import { createModelStore } from './store/model-store.ts';
import { createReadingStore } from './store/reading-store.ts';
import { createSettingsStore } from './store/settings-store.ts';

export type { Held, LoadPlan, LoadWish, Space } from './memory/plan.ts';

/** Looks for models when the host starts and when their folder is another one; in the background, so that the host need not wait. */
function scanning(
  { settings, log }: { settings: SettingsReader; log: Logger },
  scanner: { stop(): Promise<void> },
  scan: () => Promise<unknown>,
): Part {
  const look = () => {
    scan().catch((error: unknown) => log.error('models', 'The models folder could not be read', { error }));
  };
  let unsubscribe: (() => void) | undefined;
  return {
    name: 'models',
    start() {
      unsubscribe = settings.onChange((keys) => {
        if (keys.includes('models.folder')) look();
      });
      look();
    },
    async stop() {
      unsubscribe?.();
      await scanner.stop();
    },
  };
}

export function createModels(deps: {
  db: Db;
  events: Events;
  clock: Clock;
  log: Logger;
  settings: SettingsReader;
  hardware: Hardware;
  jobs: JobService;
  uploads: Uploads;
  dataDir: string;
  engines: Engines;
  platform: Pick<Platform, 'appRoot'>;
  /** Whether a caller may use a session that parameters belong to. */
  admitSession: AdmitSession;
  secrets: Secrets;
  redactor: Redactor;
  hub?: HubTuning;
  /** Where models of other programs are looked for; this machine by default. */
  surroundings?: Surroundings;
}) {
  const { clock, settings, dataDir } = deps;
  const store = createModelStore(deps.db, deps.events);
  const root = () => settings.get('models.folder') ?? path.join(dataDir, 'models');
  const inspect = createInspector(createReadingStore(deps.db));
  const scanner = createScanner({ store, clock, root, inspect });
  const importer = createImporter({ scanner, root, inspect });
  const imports = deps.jobs.register(importer.job);
  const { surroundings = { home: os.homedir(), env: process.env, platform: process.platform } } = deps;
  const elsewhere = createElsewhere({ surroundings, isListed: (file) => store.at(file) !== undefined });
  const planner = createFitPlanner({ ...deps, held: deps.engines.held });
  const service = createModelService({
    ...deps,
    planner,
    store,
    scanner,
    root,
    aliases: () => settings.get('model_aliases'),
  });
  const downloads = createDownloadStore(deps.db, deps.events);
  const hub = createHub({
    ...{ ...deps, store, downloads, scanner, root, env: surroundings.env },
    ...{ plan: planner.plan, matches: service.matches, tuning: deps.hub },
  });
  const catalogue = createCatalogue(deps.platform.appRoot);
  const memory = createMemoryService({ hardware: deps.hardware, planner, catalogue, matches: service.matches });
  const generation = createGenerationSettings(createSettingsStore(deps.db, clock));
  const chores: Chore[] = [{ name: 'looking for models', run: async () => void (await service.scan()) }];
  return {
    service,
    source: createModelLookup(service, generation, planner),
    /** Sampling parameters by session. */
    params: {
      get: generation.paramsOf,
      set: (session_id: string, patch: typeof ParamsPatch._output) => generation.setParams({ ...patch, session_id }),
      remove: generation.removeParams,
    },
    handlers: {
      ...modelHandlers({ service, importer, imports, elsewhere, downloads: hub.service.list, uploads: deps.uploads }),
      ...settingsHandlers(generation, deps.admitSession),
      ...memoryHandlers(memory),
      ...hub.handlers,
    },
    parts: [scanning(deps, scanner, service.scan)],
    chores,
  };
}

/** The feature of models on a core of its own, with nothing loaded. */
import fs from 'node:fs';
import path from 'node:path';
import type { Settings } from '../../../src/contract/host/settings.ts';
import { createRedactor } from '../../../src/contract/kernel/redact/redact.ts';
import { systemClock } from '../../../src/main/core/clock.ts';
import { createHardware } from '../../../src/main/core/hardware.ts';
import { createJobs } from '../../../src/main/features/jobs/index.ts';
import type { HubTuning } from '../../../src/main/features/models/hub/index.ts';
import { createModels } from '../../../src/main/features/models/index.ts';
import { NOTHING_HELD } from '../../../src/main/features/models/memory/plan.ts';
import { openTestCore, ROOT } from '../core.ts';

/** See file comment. */
export function openModels(overrides: Partial<Settings> = {}, dir?: string, hub: HubTuning = {}) {
  const core = openTestCore(overrides, dir);
  // Jobs are delivered by the system's clock.
  const deps = { ...core, clock: systemClock };
  const jobs = createJobs({ ...deps, serving: true });
  const unloaded: string[] = [];
  const engines = {
    isLoaded: () => false,
    held: () => NOTHING_HELD,
    unload: async (name: string) => void unloaded.push(name),
  };
  const root = path.join(core.dir, 'models');
  fs.mkdirSync(root, { recursive: true });
  const uploaded = new Map<string, { file: string; name: string }>();
  const uploads = {
    require(id: string) {
      const upload = uploaded.get(id);
      if (!upload) throw new Error('no such upload');
      return upload;
    },
    taken: async (id: string) => void uploaded.delete(id),
  };
  const models = createModels({
    ...deps,
    dataDir: core.dir,
    platform: { appRoot: ROOT },
    redactor: createRedactor(),
    hub,
    hardware: createHardware(),
    jobs: jobs.service,
    engines,
    uploads,
    admitSession: () => undefined,
    surroundings: { home: path.join(core.dir, 'home'), env: {}, platform: 'linux' },
  });
  return { core, jobs, models, root, unloaded, uploaded };
}

/** The demo shop with the examples that use it. */
import path from 'node:path';
import type { Db } from '../../core/db/index.ts';
import type { Part } from '../../core/lifecycle.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import type { Platform } from '../../platform/platform.ts';
import { createDemoService, type DemoDeps } from './service.ts';
import { createDemoStore } from './store.ts';

/** What the feature needs. */
export interface DemoFeatureDeps extends Pick<DemoDeps, 'commands' | 'profiles'> {
  db: Db;
  platform: Pick<Platform, 'appRoot'>;
  /** False for a host that runs for one command only: the shop then starts only when it is asked for. */
  serving: boolean;
}

export function createDemo({ db, platform, serving, commands, profiles }: DemoFeatureDeps) {
  const examplesDir = path.join(platform.appRoot, 'examples');
  const service = createDemoService({ commands, profiles, examplesDir, store: createDemoStore(db) });
  const handlers: Handlers<'demo_start'> = { demo_start: () => service.start() };
  const parts: Part[] = [{ name: 'demo site', ...(serving ? { afterStart: service.resume } : {}), stop: service.stop }];
  return { service, handlers, parts };
}

/** The demo shop with the examples that use it. */
import type { Db } from '../../core/db/index.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import { createDemoService, type DemoDeps } from './service.ts';
import { createDemoStore } from './store.ts';

/** Builds the feature. */
export function createDemo({ db, ...deps }: Omit<DemoDeps, 'store'> & { db: Db }) {
  const service = createDemoService({ ...deps, store: createDemoStore(db) });
  const handlers: Handlers<'demo_start'> = { demo_start: () => service.start() };
  return { service, handlers };
}

/** Commands: what can be run. */
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Chore } from '../../core/maintenance.ts';
import { TRASH_MS } from '../../core/operation/versioned.ts';
import { createComputePool } from '../../core/process/compute-pool.ts';
import { computeModule } from '../../core/process/modules.ts';
import type { Secrets } from '../../core/secrets/secrets.ts';
import type { Platform } from '../../platform/platform.ts';
import { commandBulk } from './bulk.ts';
import { createChecks } from './compute/checks.ts';
import type { DryRunFacts } from './dry-run.ts';
import { commandHandlers } from './routes.ts';
import { createCommandService } from './service.ts';
import { createCommandStore } from './store.ts';

export type { Variables } from './compute/requests.ts';
export type { CheckOnEngine } from './dry-run.ts';
export type { PreparedRun, PrepareRun, RunSource } from './run.ts';
export type { CommandService } from './service.ts';

interface Deps extends DryRunFacts {
  db: Db;
  events: Events;
  secrets: Secrets;
  clock: Clock;
  log: Pick<Logger, 'warn'>;
  platform: Pick<Platform, 'appRoot' | 'fork'>;
}

export function createCommands(deps: Deps) {
  const pool = createComputePool(deps, computeModule(deps.platform.appRoot, 'commands/compute', 'checks'));
  const checks = createChecks(pool);
  const service = createCommandService({ ...deps, checks, store: createCommandStore(deps.db, deps.events) });
  const chores: Chore[] = [
    { name: 'emptying the trash of commands', run: () => service.purge(deps.clock.now() - TRASH_MS) },
  ];
  return { service, handlers: commandHandlers(service), bulk: commandBulk(service), parts: [pool.part], chores };
}

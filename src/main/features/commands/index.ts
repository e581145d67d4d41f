/** Commands: what can be run. */
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import type { Chore } from '../../core/maintenance.ts';
import { TRASH_MS } from '../../core/operation/versioned.ts';
import type { Secrets } from '../../core/secrets/secrets.ts';
import { commandHandlers } from './routes.ts';
import { createCommandService } from './service.ts';
import { createCommandStore } from './store.ts';

export type { PreparedRun, PrepareRun, RunSource } from './run.ts';
export type { CommandService } from './service.ts';
export type { Variables } from './spec.ts';

export function createCommands(deps: {
  db: Db;
  events: Events;
  secrets: Secrets;
  clock: Clock;
  profileName: (id: string) => string | null;
  nodePath: string | null;
}) {
  const service = createCommandService({ ...deps, store: createCommandStore(deps.db, deps.events) });
  const chores: Chore[] = [
    { name: 'emptying the trash of commands', run: () => service.purge(deps.clock.now() - TRASH_MS) },
  ];
  return { service, handlers: commandHandlers(service), chores };
}

/** Sessions: conversations that are kept. */
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import type { Part } from '../../core/lifecycle.ts';
import type { Chore } from '../../core/maintenance.ts';
import { TRASH_MS } from '../../core/operation/versioned.ts';
import { sessionHandlers } from './routes.ts';
import { createSessionService, type SessionParams } from './service.ts';
import { createSessionStore } from './store.ts';

export function createSessions(deps: { db: Db; events: Events; clock: Clock; params: SessionParams }) {
  const { clock } = deps;
  const store = createSessionStore(deps.db, deps.events);
  const service = createSessionService({ ...deps, store });
  const parts: Part[] = [
    {
      name: 'sessions',
      start: () =>
        store.cutWriting({
          code: 'service_unavailable',
          message: 'TabAgent ended while the answer was being written.',
        }),
    },
  ];
  const chores: Chore[] = [{ name: 'deleting sessions for good', run: () => service.purge(clock.now() - TRASH_MS) }];
  return { conversations: service.conversations, handlers: sessionHandlers(service), parts, chores };
}

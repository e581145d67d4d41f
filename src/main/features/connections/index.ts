/** API keys, panel sessions, live connections, and the checkpoint that recognises callers. */
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import type { Faults } from '../../core/faults.ts';
import type { Part } from '../../core/lifecycle.ts';
import type { Teller } from '../../core/log/event-log.ts';
import type { SettingsReader } from '../../core/settings.ts';
import { createAuthenticator } from './authenticator.ts';
import { bindProblem } from './bind.ts';
import { createGrants } from './grants.ts';
import { createKeys, KEY_PREFIX } from './keys.ts';
import { createConnectionRegistry } from './registry.ts';
import { connectionHandlers } from './routes.ts';
import { createPanelSessions, SESSION_PREFIX } from './sessions.ts';
import { createConnectionsStore } from './store.ts';

export { type Authenticator, isLoopback } from './authenticator.ts';
export { infoOf } from './principal.ts';
export type { ConnectionRegistry } from './registry.ts';

/** What the log says of API keys. */
const KEY_CHANGES: Readonly<Record<string, string>> = {
  'key.created': 'An API key was created',
  'key.updated': 'An API key was changed',
  'key.deleted': 'An API key was revoked',
};
const keyTeller: Teller = ({ type, id }) => {
  const message = KEY_CHANGES[type];
  return message === undefined ? null : { level: 'info', message, data: { key_id: id } };
};

/** What the feature needs. */
export interface ConnectionsDeps {
  db: Db;
  events: Events;
  clock: Clock;
  settings: SettingsReader;
  /** Takes what throws while a credential ends. */
  faults: Pick<Faults, 'report'>;
  /** Address of the panel with its closing slash, null while HTTP is closed. */
  panelUrl: () => string | null;
}

/** Creates the feature. */
export function createConnections(deps: ConnectionsDeps) {
  const { db, events, clock, settings, faults, panelUrl } = deps;
  const store = createConnectionsStore(db, events);
  const registry = createConnectionRegistry(clock, store.announce);
  const grants = createGrants(clock, faults);
  const keys = createKeys({ store, clock, grants });
  const sessions = createPanelSessions({ store, clock, grants });
  const authenticator = createAuthenticator(settings, grants);
  authenticator.addSource(KEY_PREFIX, keys.principalOf);
  authenticator.addSource(SESSION_PREFIX, sessions.principalOf);
  return {
    authenticator,
    registry,
    service: {
      keys,
      sessions,
      bindProblem: () => bindProblem(settings, keys.list({ limit: 1, count: false }).items.length),
    },
    tellers: { key: keyTeller },
    handlers: connectionHandlers({ keys, sessions, registry, panelUrl }),
    parts: [{ name: 'connections', stop: keys.dispose }] satisfies Part[],
  };
}

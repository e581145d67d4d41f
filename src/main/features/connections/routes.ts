/** Handlers of keys, connections and signing in; they only map. */
import { AppError } from '../../../contract/kernel/errors.ts';
import { iso } from '../../core/clock.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import { changesOf } from '../../core/operation/versioned.ts';
import type { Keys } from './keys.ts';
import { infoOf } from './principal.ts';
import type { ConnectionRegistry } from './registry.ts';
import type { PanelSessions } from './sessions.ts';

/** Operations of this feature. */
export type ConnectionOperationId =
  | 'keys_list'
  | 'keys_create'
  | 'keys_update'
  | 'keys_delete'
  | 'connections_list'
  | 'connections_revoke'
  | 'auth_login'
  | 'auth_logout'
  | 'auth_status'
  | 'auth_link_create';

const originOf = (url: string | null) => (url === null ? '' : new URL(url).origin);
const msOrNull = (at: string | null) => (at === null ? null : Date.parse(at));

/** Makes the handlers. `panelUrl` is the address of the panel, null while HTTP is closed. */
export function connectionHandlers(deps: {
  keys: Keys;
  sessions: PanelSessions;
  registry: ConnectionRegistry;
  panelUrl: () => string | null;
}): Handlers<ConnectionOperationId> {
  const { keys, sessions, registry, panelUrl } = deps;
  return {
    keys_list: (input) => keys.list(input),
    keys_create: (input) => keys.create({ ...input, expires_at: msOrNull(input.expires_at) }),
    keys_update: ({ expires_at, ...input }, { ifMatch }) =>
      keys.update(
        input.id,
        { ...changesOf(input), ...(expires_at === undefined ? {} : { expires_at: msOrNull(expires_at) }) },
        ifMatch === undefined ? { version: input.version, status: 409 } : { version: ifMatch, status: 412 },
      ),
    keys_delete: ({ id }) => {
      keys.remove(id);
      return { id, deleted: true };
    },
    connections_list: ({ sort }) => ({ items: registry.list(sort) }),
    connections_revoke: ({ id }) => {
      const principal = registry.revoke(id);
      // A signed-in browser would be back at once: its session ends too.
      sessions.end(principal.id);
      return { id, revoked: true };
    },
    auth_login: ({ ticket }, { origin }) => {
      // A client that is no page names no origin; its token is good for reading, as every token without its origin.
      const home = originOf(origin ?? panelUrl());
      const { token, expiresAt, principal } = sessions.login(ticket, home);
      return { ok: true, principal: infoOf(principal), token, expires_at: iso(expiresAt) };
    },
    auth_logout: (_input, { principal }) => {
      sessions.end(principal.id);
      return { ok: true };
    },
    auth_status: (_input, { principal }) => {
      const authenticated = principal.kind !== 'anonymous';
      return { authenticated, principal: authenticated ? infoOf(principal) : null };
    },
    auth_link_create: () => {
      const url = panelUrl();
      if (url === null) {
        throw new AppError('service-unavailable', 'The panel is not available in a browser: the HTTP port is closed.', {
          extra: { reason: 'offline' },
        });
      }
      const { ticket, expiresAt } = sessions.issueLink();
      return { url: `${url}#ticket=${ticket}`, expires_at: iso(expiresAt) };
    },
  };
}

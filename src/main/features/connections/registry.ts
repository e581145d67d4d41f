/** Who is connected right now; each live connection can be ended from outside. */

import { type Connection, connectionOrder } from '../../../contract/host/access.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { scopesUpTo } from '../../../contract/kernel/rights.ts';
import { rowOrder } from '../../../contract/kernel/sorts.ts';
import { type Clock, iso } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import type { Principal } from '../../core/operation/operation.ts';

/** One live connection, as its door describes it. */
export interface LiveConnection {
  kind: Connection['kind'];
  origin: string | null;
  /** Asked each time, because `hello` may change it. */
  principal(): Principal;
  rttMs(): number | null;
  /** Sends the peer the reason and closes the connection. */
  revoke(): void;
}

/** Live connections. */
export interface ConnectionRegistry {
  /** Connections that a principal has open. */
  countOf(principalId: string): number;
  /** @returns removes the connection */
  add(connection: LiveConnection): () => void;
  /** @throws AppError `validation-error` for an unknown sort field */
  list(sort?: string): Connection[];
  /** Closes one connection and answers whose it was. @throws AppError `not-found` */
  revoke(id: string): Principal;
}

/** Creates an empty registry. @param announce called for each connection that opens or closes */
export function createConnectionRegistry(
  clock: Clock,
  announce: (type: 'connection.created' | 'connection.deleted', id: string) => void,
): ConnectionRegistry {
  const live = new Map<string, { connection: LiveConnection; since: number }>();

  return {
    countOf: (principalId) =>
      [...live.values()].filter(({ connection }) => connection.principal().id === principalId).length,
    add(connection) {
      const id = newId('connection');
      live.set(id, { connection, since: clock.now() });
      announce('connection.created', id);
      return () => {
        if (live.delete(id)) announce('connection.deleted', id);
      };
    },
    list(sort) {
      const order = rowOrder(connectionOrder, sort);
      const connections = [...live].map(([id, { connection, since }]): Connection => {
        const principal = connection.principal();
        return {
          id: id as Connection['id'],
          kind: connection.kind,
          name: principal.name,
          origin: connection.origin,
          scopes: scopesUpTo(principal.scope),
          areas: [...principal.areas],
          live: true,
          rtt_ms: connection.rttMs(),
          since: iso(since),
          last_seen_at: iso(clock.now()),
        };
      });
      return connections.sort(order);
    },
    revoke(id) {
      const found = live.get(id);
      if (!found)
        throw new AppError('not-found', `There is no connection ${id}.`, { extra: { resource: 'connection', id } });
      const principal = found.connection.principal();
      found.connection.revoke();
      return principal;
    },
  };
}

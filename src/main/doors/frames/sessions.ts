/** The frame sessions of one door: limited per principal, listed while they live, ended together. */
import type { Connection } from '../../../contract/host/access.ts';
import { CLOSE } from '../../../contract/kernel/frames.ts';
import type { DoorName, Principal } from '../../core/operation/operation.ts';
import type { ConnectionRegistry } from '../../features/connections/index.ts';
import type { FramePort } from './frame-port.ts';
import { type FrameSession, openFrameSession, type Peer, type SessionDeps } from './frame-session.ts';
import { MAX_ANONYMOUS } from './limits.ts';

/** What the sessions of a door need. */
export interface SessionsDeps extends SessionDeps {
  registry: ConnectionRegistry;
}

/** What holds for every session of a door. */
export interface SessionRules {
  door: DoorName;
  /** Ping, and close after a silence; for doors that cannot see the peer die. */
  keepAlive: boolean;
  /** Connections that one principal may have open at this and the other doors; those without a credential have a limit of their own. */
  maxConnections: number;
}

/** A connection that a door has accepted. */
export interface Arrival {
  kind: Connection['kind'];
  origin: string | null;
  peer: Peer;
  /** Accepts the token of a `hello`; absent where a connection's principal is settled. @throws AppError `unauthorized` */
  authenticate?: (token: string) => Principal;
}

/** Opens and ends sessions. */
export interface Sessions {
  /** Serves a connection until it closes; one too many is closed at once. */
  open(port: FramePort, arrival: Arrival): void;
  /** Tells every peer that the host stops, and closes. */
  closeAll(): void;
}

/** Creates the sessions of one door. */
export function createSessions(deps: SessionsDeps, { door, keepAlive, maxConnections }: SessionRules): Sessions {
  const { registry } = deps;
  const open = new Set<FrameSession>();
  /** Sessions that began without a credential, oldest first. */
  const anonymous = new Map<FrameSession, FramePort>();

  /** Refusing the newest instead would let anybody who opens enough connections lock the operator's browser out. */
  function makeRoom(): void {
    for (const [session, port] of anonymous) {
      if (anonymous.size < MAX_ANONYMOUS) return;
      anonymous.delete(session);
      if (session.principal.kind === 'anonymous') port.close(CLOSE.tooMany, 'too many connections');
    }
  }

  return {
    open(port, { kind, origin, peer, authenticate }) {
      const unknown = peer.principal.kind === 'anonymous';
      if (unknown) makeRoom();
      else if (registry.countOf(peer.principal.id) >= maxConnections)
        return port.close(CLOSE.tooMany, 'too many connections');
      const frameSession = openFrameSession(port, deps, {
        door,
        peer,
        keepAlive,
        // The connection itself is counted already when `hello` has changed its principal.
        admits: ({ id, kind }) => kind === 'anonymous' || registry.countOf(id) <= maxConnections,
        ...(authenticate === undefined ? {} : { authenticate }),
      });
      open.add(frameSession);
      if (unknown) anonymous.set(frameSession, port);
      const forget = registry.add({
        kind,
        origin,
        principal: () => frameSession.principal,
        rttMs: () => frameSession.rttMs,
        revoke: () => frameSession.close('revoked'),
      });
      frameSession.onClose(() => {
        open.delete(frameSession);
        anonymous.delete(frameSession);
        forget();
      });
    },
    closeAll() {
      for (const frameSession of [...open]) frameSession.close('shutdown');
    },
  };
}

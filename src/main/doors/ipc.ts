/** The desktop door: frames over a port that the shell has handed to the panel's page. */
import type { Principal } from '../core/operation/operation.ts';
import type { Door } from './door.ts';
import type { FramePort } from './frames/frame-port.ts';
import { createSessions, type SessionsDeps } from './frames/sessions.ts';

/** Serves ports. */
export interface IpcDoor extends Door {
  /** Serves frames to a port of the desktop panel until it closes. @returns closes it */
  connectPort(port: FramePort, principal: Principal): () => void;
}

/** Creates the door. */
export function createIpcDoor(deps: SessionsDeps): IpcDoor {
  // Both ends of a port belong to this program, which closes it when the page goes: no pings, no limit.
  const sessions = createSessions(deps, { door: 'ipc', keepAlive: false, maxConnections: Number.POSITIVE_INFINITY });
  return {
    name: 'ipc',
    async start() {},
    connectPort(port, principal) {
      sessions.open(port, { kind: 'panel', origin: null, peer: { principal, remote: 'local' } });
      return () => port.close();
    },
    async stop() {
      sessions.closeAll();
    },
  };
}

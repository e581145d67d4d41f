/** The WebSocket door: frames of api.md §6 as JSON text on `/rpc` and `/v1/rpc`. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { AppError } from '../../contract/kernel/errors.ts';
import { CLOSE, MAX_FRAME_BYTES, SUBPROTOCOL } from '../../contract/kernel/frames.ts';
import type { Authenticated, Authenticator, ConnectionRegistry } from '../features/connections/index.ts';
import type { FramePort } from './frames/frame-port.ts';
import { type FrameSession, openFrameSession, type SessionDeps } from './frames/frame-session.ts';
import { parseJson } from './wire/json.ts';

/** Connections that one principal may have open. */
const MAX_CONNECTIONS = 32;
const HIGH_WATER_BYTES = 1024 * 1024;
/** How long a peer may take to answer a close before its connection is cut, ms. */
const CLOSE_TIMEOUT_MS = 2000;

/** What the door needs beside a session's own needs. */
export interface WebSocketDeps extends SessionDeps {
  authenticator: Authenticator;
  registry: ConnectionRegistry;
  /** Called with every failed `hello`. @throws AppError `too-many-requests` */
  onBadToken: (remote: string) => void;
}

/** Takes over upgraded connections. */
export interface WebSocketDoor {
  /** Completes the handshake of a request that has passed the host and origin checks and authentication. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, caller: Authenticated & { remote: string }): void;
  /** Says goodbye to everybody. */
  close(): void;
}

/** Creates the door. It listens nowhere itself: the HTTP server hands its upgrades over. */
export function createWebSocketDoor(deps: WebSocketDeps): WebSocketDoor {
  const { authenticator, registry, onBadToken } = deps;
  const sessions = new Set<FrameSession>();
  // The types of `ws` do not know `closeTimeout` yet.
  const options: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    closeTimeout: CLOSE_TIMEOUT_MS,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  };
  const server = new WebSocketServer(options);

  function open(socket: WebSocket, request: IncomingMessage, caller: Authenticated & { remote: string }): void {
    const { origin } = request.headers;
    const { remote } = caller;
    // `ws` closes with 1009 or 1002 by itself; without a listener the error would be thrown.
    socket.on('error', () => {});
    if (registry.countOf(caller.principal.id) >= MAX_CONNECTIONS)
      return socket.close(CLOSE.tooMany, 'too many connections');
    const session = openFrameSession(socketPort(socket), deps, {
      door: 'ws',
      peer: caller,
      keepAlive: true,
      instance: (op) => `/rpc#${op}`,
      authenticate: (token) => {
        try {
          return authenticator.authenticateToken(token, { origin, remote, safe: false });
        } catch (error) {
          onBadToken(remote);
          throw error;
        }
      },
      // The connection itself is counted already when its principal is asked.
      onPrincipal: (principal) => registry.countOf(principal.id) <= MAX_CONNECTIONS,
    });
    sessions.add(session);
    const forget = registry.add({
      kind: caller.principal.kind === 'panel' ? 'panel' : 'websocket',
      origin: origin ?? null,
      principal: () => session.principal,
      rttMs: () => session.rttMs,
      revoke: () => session.close('revoked'),
    });
    session.onClose(() => {
      sessions.delete(session);
      forget();
    });
  }

  return {
    accept(request, socket, head, caller) {
      server.handleUpgrade(request, socket, head, (webSocket) => open(webSocket, request, caller));
    },
    close() {
      for (const session of [...sessions]) session.close('shutdown');
      server.close();
    },
  };
}

/** A socket as a frame port. A frame that is too big or not text ends or fails as api.md §6 says. */
export function socketPort(socket: WebSocket): FramePort {
  // Each stream that waits for room listens for the end.
  socket.setMaxListeners(0);
  return {
    post(frame) {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
    },
    onMessage(listener) {
      socket.on('message', (data: Buffer, isBinary: boolean) => listener(isBinary ? NOT_TEXT : read(data)));
    },
    onClose: (listener) => void socket.on('close', listener),
    close: (code) => socket.close(code),
    bufferedBytes: () => backlogOf(socket),
    drained: () => drained(socket),
  };
}

const NOT_TEXT = new AppError('bad-request', 'Frames are JSON text, not binary.');

function read(data: Buffer): unknown {
  try {
    return parseJson(data.toString('utf8'));
  } catch (error) {
    return error;
  }
}

/** Bytes that wait; a socket that is no longer open never has room. */
function backlogOf(socket: WebSocket): number {
  return socket.readyState === socket.OPEN ? socket.bufferedAmount : Number.POSITIVE_INFINITY;
}

/** Settles when the socket has written enough of its backlog, or is gone. `ws` itself has no event for it. */
function drained(socket: WebSocket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // The callback of an empty ping runs when everything before it has been handed to the system. A socket that is
  // closing takes nothing more: its close is what to wait for.
  const probe = () => {
    if (socket.readyState === socket.CLOSED || backlogOf(socket) <= HIGH_WATER_BYTES) resolve();
    else if (socket.readyState === socket.OPEN) socket.ping(undefined, undefined, probe);
  };
  socket.once('close', resolve);
  probe();
  return promise.finally(() => socket.off('close', resolve));
}

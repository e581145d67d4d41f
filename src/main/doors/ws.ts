/** The WebSocket door: frames as JSON text on `/rpc` and `/v1/rpc`. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { AppError } from '../../contract/kernel/errors.ts';
import { CLOSE, SUBPROTOCOL } from '../../contract/kernel/frames.ts';
import type { Authenticator } from '../features/connections/index.ts';
import type { Door } from './door.ts';
import type { FramePort } from './frames/frame-port.ts';
import type { Peer } from './frames/frame-session.ts';
import { MAX_ANONYMOUS_FRAME_BYTES, MAX_CONNECTIONS, MAX_FRAME_BYTES } from './frames/limits.ts';
import { createSessions, type SessionsDeps } from './frames/sessions.ts';
import { parseJson } from './wire/json.ts';

/** How long a peer may take to answer a close before its connection is cut, ms. A revoked one has to be gone within a second. */
const CLOSE_TIMEOUT_MS = 500;

/**
 * Fragments of one message: `ws` keeps each with memory of its own, however many come in one segment. Browsers send a message of the largest
 * size in half as many.
 */
const MAX_FRAGMENTS = 1024;

/** What the door needs beside its sessions' own needs. */
export interface WebSocketDeps extends SessionsDeps {
  authenticator: Authenticator;
  /** Called with every failed `hello`. @throws AppError `too-many-requests` */
  onBadToken: (remote: string) => void;
}

/** Takes over upgraded connections. It listens nowhere itself: the HTTP server hands its upgrades over. */
export interface WebSocketDoor extends Door {
  /** Completes the handshake of a request that has passed the host and origin checks and authentication. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, caller: Peer): void;
}

/** Creates the door. */
export function createWebSocketDoor(deps: WebSocketDeps): WebSocketDoor {
  const { authenticator, onBadToken } = deps;
  const { intake } = deps.dispatcher;
  const sessions = createSessions(deps, { door: 'ws', keepAlive: true, maxConnections: MAX_CONNECTIONS });
  // The types of `ws` do not know these two yet.
  const options: ServerOptions & { closeTimeout: number; maxFragments: number } = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    maxFragments: MAX_FRAGMENTS,
    closeTimeout: CLOSE_TIMEOUT_MS,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  };
  const server = new WebSocketServer(options);

  function open(socket: WebSocket, request: IncomingMessage, caller: Peer): void {
    const { origin } = request.headers;
    const { remote } = caller;
    // `ws` closes with 1009 or 1002 by itself; without a listener the error would be thrown.
    socket.on('error', () => {});
    let known = caller.principal.kind !== 'anonymous';
    const limit = () => (known ? MAX_FRAME_BYTES : MAX_ANONYMOUS_FRAME_BYTES);
    if (!known) boundIntake(socket, request.socket, limit);
    // Whoever it is by now.
    let holder = caller.principal.id;
    countIntake(socket, request.socket, (bytes) => intake.take(holder, bytes));
    sessions.open(socketPort(socket, limit), {
      kind: caller.principal.kind === 'panel' ? 'panel' : 'websocket',
      origin: origin ?? null,
      peer: origin === undefined ? caller : { ...caller, origin },
      authenticate(token) {
        try {
          const principal = authenticator.authenticateToken(token, {
            origin,
            fetchSite: request.headers['sec-fetch-site'] as string | undefined,
            remote,
            safe: false,
          });
          known = principal.kind !== 'anonymous';
          holder = principal.id;
          return principal;
        } catch (error) {
          onBadToken(remote);
          throw error;
        }
      },
    });
  }

  return {
    name: 'ws',
    async start() {},
    accept(request, socket, head, caller) {
      server.handleUpgrade(request, socket, head, (webSocket) => open(webSocket, request, caller));
    },
    async stop() {
      sessions.closeAll();
      server.close();
    },
  };
}

/**
 * Stops reading from a peer as soon as more has come than a frame of `limit` bytes, long before the frame is complete. `ws` has one
 * limit for the whole life of a socket, which is that of known callers. Twice, for what the pieces cost of a frame that comes slowly.
 */
function boundIntake(socket: WebSocket, raw: Duplex, limit: () => number): void {
  watchPending(socket, raw, (pending) => {
    if (pending <= 2 * limit()) return;
    socket.close(CLOSE.tooBig);
    socket.pause();
  });
}

/** Bytes of a control frame of a client before its payload (RFC 6455, section 5.2). */
const CONTROL_HEAD_BYTES = 6;
/** What a piece takes in memory beside its bytes: `ws` keeps each as it came, a Buffer with memory of its own. */
const PIECE_BYTES = 512;

/** Tells after each piece how much memory a message takes that is not whole yet; 0 when it is, or when the connection has ended. */
function watchPending(socket: WebSocket, raw: Duplex, tell: (bytes: number) => void): void {
  let bytes = 0;
  let pieces = 0;
  const reset = () => {
    bytes = 0;
    pieces = 0;
    tell(0);
  };
  for (const event of ['message', 'close']) socket.on(event, reset);
  // Control frames may come between the fragments of a message: they are no part of it, and do not end it.
  const ignore = (payload: Buffer) => {
    bytes -= payload.length + CONTROL_HEAD_BYTES;
    if (bytes <= 0) reset();
  };
  for (const event of ['ping', 'pong']) socket.on(event, ignore);
  // Counted before `ws` has the piece, which says in its own listener what that has completed, and told after it.
  raw.prependListener('data', (piece: Buffer) => {
    bytes += piece.length;
    pieces += 1;
  });
  raw.on('data', () => tell(bytes + pieces * PIECE_BYTES));
}

/** Bytes of an unfinished frame that are counted together. */
const STEP = 1024 * 1024;

/** Counts a frame while it comes in, like a body; a peer that has too much open is asked to come again. */
function countIntake(socket: WebSocket, raw: Duplex, take: (bytes: number) => () => void): void {
  let counted: (() => void)[] = [];
  watchPending(socket, raw, (pending) => {
    if (pending <= 0) {
      for (const release of counted) release();
      counted = [];
    }
    try {
      while (pending > (counted.length + 1) * STEP) counted.push(take(STEP));
    } catch {
      socket.close(CLOSE.tooMany);
      socket.pause();
    }
  });
}

/** A socket as a frame port. A message beyond `limit` bytes closes it. */
function socketPort(socket: WebSocket, limit: () => number): FramePort {
  // Each stream that waits for room listens for the end.
  socket.setMaxListeners(0);
  return {
    post(frame) {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
    },
    onMessage(listener) {
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        if (data.length > limit()) return socket.close(CLOSE.tooBig);
        const frame = isBinary ? NOT_TEXT : read(data);
        listener(frame, data.length);
        // No client writes megabytes that are no JSON by mistake, and reading them costs as much as reading a call that is rated.
        const isJson = !(frame instanceof AppError && frame.slug === 'invalid-json');
        if (!isJson && data.length > MAX_ANONYMOUS_FRAME_BYTES) socket.close(CLOSE.tooBig);
      });
    },
    onClose: (listener) => void socket.on('close', listener),
    close: (code, reason) => socket.close(code, reason),
    bufferedBytes: () => backlogOf(socket),
    drained: (bytes) => drained(socket, bytes),
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

/** Settles once at most `bytes` wait, or the socket is closed. `ws` itself has no event for it. */
function drained(socket: WebSocket, bytes: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // The callback of an empty ping runs when everything before it has been handed to the system. A socket that is
  // closing takes nothing more: its close is what to wait for.
  const probe = () => {
    if (socket.readyState === socket.CLOSED || backlogOf(socket) <= bytes) resolve();
    else if (socket.readyState === socket.OPEN) socket.ping(undefined, undefined, probe);
  };
  socket.once('close', resolve);
  probe();
  return promise.finally(() => socket.off('close', resolve));
}

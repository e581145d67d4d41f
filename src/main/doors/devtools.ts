/** The Chrome DevTools Protocol over WebSocket, for programs that drive the open browser of a profile: a ticket opens one connection. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { AppError } from '../../contract/kernel/errors.ts';
import { CLOSE } from '../../contract/kernel/frames.ts';
import type { Principal } from '../core/operation/operation.ts';
import type { ConnectionRegistry } from '../features/connections/index.ts';
import { type DevtoolsChannel, type DevtoolsRelay, readCommand } from '../features/profiles/index.ts';
import type { Door } from './door.ts';
import { MAX_CONNECTIONS, MAX_FRAME_BYTES } from './frames/limits.ts';

/** What may wait for a client that reads slowly, bytes: beyond it the connection is closed. */
const MAX_BACKLOG_BYTES = 128 * 1024 * 1024;

const PATH = /^\/v1\/profiles\/([^/]+)\/devtools$/;

/** Takes over upgraded connections, like the WebSocket door. */
export interface DevtoolsDoor extends Door {
  /** Whether an address is one of this door. */
  owns(path: string): boolean;
  /**
   * Completes the handshake. @param known called when the ticket has said who it is
   * @throws AppError `unauthorized` for a ticket that is used, over or another's; `invalid-state`, `browser-failed`, `too-many-requests`
   */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, known: () => void): Promise<void>;
}

/** Creates the door. */
export function createDevtoolsDoor({
  relay,
  registry,
}: {
  relay: DevtoolsRelay;
  registry: ConnectionRegistry;
}): DevtoolsDoor {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES });

  function serve(socket: WebSocket, channel: DevtoolsChannel, principal: Principal, origin: string | null): void {
    const close = (code: number, reason: string) => socket.close(code, reason);
    const release = principal.grant?.onEnd(() => close(CLOSE.badToken, 'revoked')) ?? (() => undefined);
    const forget = registry.add({
      kind: 'websocket',
      origin,
      principal: () => principal,
      rttMs: () => null,
      revoke: () => close(CLOSE.badToken, 'revoked'),
    });
    // `ws` closes by itself; without a listener the error would be thrown.
    socket.on('error', () => {});
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      const command = isBinary ? null : readCommand(data.toString('utf8'));
      if (command === null) close(CLOSE.tooBig, 'no command of the protocol');
      else channel.send(command);
    });
    socket.on('close', () => {
      release();
      forget();
      channel.close();
    });
  }

  /** @throws AppError `too-many-requests` */
  function requireRoom({ id }: Principal): void {
    if (registry.countOf(id) >= MAX_CONNECTIONS) throw new AppError('too-many-requests');
  }

  return {
    name: 'ws',
    owns: (path) => PATH.test(path),
    async accept(request, socket, head, known) {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const found = relay.redeem(PATH.exec(url.pathname)?.[1] ?? '', url.searchParams.get('ticket') ?? '');
      if (!found) throw new AppError('unauthorized', 'This address was used or has expired; ask for another one.');
      const { id, principal } = found;
      known();
      requireRoom(principal);
      let open: WebSocket | undefined;
      const channel = await relay.attach(id, {
        principal,
        deliver(message) {
          if (open?.readyState !== open?.OPEN) return;
          if ((open?.bufferedAmount ?? 0) > MAX_BACKLOG_BYTES) open?.close(CLOSE.tooMany, 'too slow');
          else open?.send(JSON.stringify(message));
        },
        ended: () => open?.close(1001, 'the browser was closed'),
      });
      // It may have been cut meanwhile, be no handshake, or come with many others at once.
      const abandon = () => {
        if (open === undefined) channel.close();
      };
      if (socket.destroyed) return abandon();
      socket.once('close', abandon);
      requireRoom(principal);
      server.handleUpgrade(request, socket, head, (webSocket) => {
        open = webSocket;
        serve(webSocket, channel, principal, request.headers.origin ?? null);
      });
    },
    async start() {},
    async stop() {
      for (const client of server.clients) client.close(1001, 'TabAgent is closing');
      server.close();
    },
  };
}

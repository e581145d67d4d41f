/** What every connection meets first: refusals by headers alone, preflights, upgrades, and what is no HTTP at all. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError, toAppError } from '../../../../contract/kernel/errors.ts';
import { newRequestId } from '../../../core/ids.ts';
import { isHeadTooLarge, MAX_HEAD_BYTES } from '../../../core/web/connections.ts';
import type { DevtoolsDoor } from '../../devtools.ts';
import type { WebSocketDoor } from '../../ws.ts';
import { rawProblem, sendProblem } from '../reply/answer.ts';
import { fromParser } from '../reply/failures.ts';
import type { Access } from './access.ts';
import type { Admit } from './admit.ts';
import { isPreflight, sendPreflight } from './cors.ts';
import { Exchange, type ServerState } from './exchange.ts';
import { rewrite } from './rewrite.ts';

/** Takes a request that the guard has let pass. */
export type Route = (req: IncomingMessage, res: ServerResponse) => void;

/** What the guard asks. */
export interface GuardDeps {
  access: Access;
  admit: Admit;
  state: ServerState;
  webSocket: WebSocketDoor;
  devtools: DevtoolsDoor;
}

const UPGRADE_PATHS: ReadonlySet<string> = new Set(['/rpc', '/v1/rpc']);

/** Makes servers that do not listen yet; what passes the guard goes to `route`. */
export function createGuard(deps: GuardDeps): (route: Route) => Server {
  return (route) => {
    const handle: Route = (req, res) => {
      try {
        handleRequest(deps, route, req, res);
      } catch (fault) {
        // Thrown into the server it would end the host.
        deps.state.log.error('http', 'a request could not be taken', { error: fault });
        res.destroy();
      }
    };
    const server = createServer(
      {
        keepAliveTimeout: 72_000,
        maxHeaderSize: MAX_HEAD_BYTES,
        // Answered below, with a problem body.
        requireHostHeader: false,
        // What has no body needs no stream of its own, which costs as much as a router; see `readBody`.
        optimizeEmptyRequests: true,
        shouldUpgradeCallback: (req) => req.headers.upgrade?.toLowerCase() === 'websocket',
      },
      handle,
    );
    deps.state.connections.watch(server);
    server.on('checkExpectation', handle);
    server.on('upgrade', (req, socket, head) => handleUpgrade(deps, req, socket, head));
    server.on('clientError', refuseNoise);
    return server;
  };
}

/** Why a request is not even routed. */
function refusalOf({ state, access }: GuardDeps, req: IncomingMessage, path: string): AppError | undefined {
  if (state.closing) {
    return new AppError('service-unavailable', 'TabAgent is shutting down.', {
      extra: { reason: 'shutting_down', retry_after: 5 },
    });
  }
  if (!path.startsWith('/')) return new AppError('bad-request', 'The address must be a path.');
  if (isHeadTooLarge(req))
    return new AppError('bad-request', 'The request head is too large (16 KiB at most, without cookies).', {
      status: 431,
    });
  return access.refusal(req.headers.host, req.headers.origin, path);
}

function handleRequest(deps: GuardDeps, route: Route, req: IncomingMessage, res: ServerResponse): void {
  const { admit, state } = deps;
  const exchange = new Exchange(req, res, state);
  const refusal = refusalOf(deps, req, exchange.instance);
  if (refusal) {
    if (!state.closing) admit.refused(exchange, refusal);
    return sendProblem(exchange, refusal);
  }
  exchange.corsOrigin = req.headers.origin;
  if (isPreflight(req)) return sendPreflight(exchange);
  req.url = rewrite(req.url ?? '/');
  route(req, res);
}

function handleUpgrade(deps: GuardDeps, req: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.on('error', () => socket.destroy());
  let path = '';
  try {
    [path = ''] = rewrite(req.url ?? '').split('?');
    const refusal = refusalOf(deps, req, path);
    if (refusal) throw refusal;
    if (deps.devtools.owns(path)) return acceptDevtools(deps, req, socket, head);
    if (!UPGRADE_PATHS.has(path))
      throw new AppError('route-not-found', 'WebSocket is spoken at /rpc.', { extra: { route: path } });
    const caller = deps.admit.caller(req);
    // They have limits of their own.
    deps.state.connections.known(socket);
    deps.webSocket.accept(req, socket, head, caller);
  } catch (thrown) {
    refuseUpgrade(socket, toAppError(thrown), path);
  }
}

/** Answers, and leaves nothing open: no time limit of the server counts for a connection that was to be upgraded, and its other end may never close. */
function refuseUpgrade(socket: Duplex, error: AppError, instance: string): void {
  socket.once('finish', () => socket.destroy());
  socket.end(rawProblem(error, { requestId: newRequestId(), instance }));
}

/** Its ticket says who calls. */
function acceptDevtools(
  { devtools, admit, state }: GuardDeps,
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const known = () => state.connections.known(socket);
  devtools.accept(req, socket, head, known).catch((thrown: unknown) => {
    const [instance = ''] = (req.url ?? '').split('?');
    refuseUpgrade(socket, admit.refusedUpgrade(req, toAppError(thrown)), instance);
  });
}

/** Answers bytes that never became a request. */
function refuseNoise(error: NodeJS.ErrnoException, socket: Duplex): void {
  const problem = fromParser(error);
  if (problem === null || !socket.writable) socket.destroy();
  else socket.end(rawProblem(problem, { requestId: newRequestId() }));
}

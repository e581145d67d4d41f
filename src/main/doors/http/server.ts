/** The HTTP door: Node's server, a guard in front of everything, Fastify for routing and bodies. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import { AppError, toAppError } from '../../../contract/kernel/errors.ts';
import { newRequestId } from '../../core/ids.ts';
import { isLoopback } from '../../features/connections/index.ts';
import type { Door, DoorAddress } from '../door.ts';
import { addApp } from './app.ts';
import type { HttpDeps } from './deps.ts';
import { listen, listenOnIpv6Loopback, PortInUseError } from './listen.ts';
import { rawProblem, sendProblem } from './reply/answer.ts';
import { fromFramework, fromParser } from './reply/failures.ts';
import { createAccess } from './request/access.ts';
import { createAdmit } from './request/admit.ts';
import { isPreflight, sendPreflight } from './request/cors.ts';
import { Exchange, ServerState } from './request/exchange.ts';
import { rewrite } from './request/rewrite.ts';

/** The door. A port that is taken is reported by {@link HttpDoor.error}, and the door may be started again. */
export interface HttpDoor extends Door {
  /** Address in use, `http://127.0.0.1:8080`; null while closed. */
  readonly url: string | null;
  /** Why the door is closed, in one sentence for people; null when it is not. */
  readonly error: string | null;
}

const UPGRADE_PATHS: ReadonlySet<string> = new Set(['/rpc', '/v1/rpc']);

/** Creates the door; nothing is loaded or opened before it is started. */
export function createHttpDoor(deps: HttpDeps): HttpDoor {
  const { settings, webSocket, log } = deps;
  const access = createAccess(settings, deps.contract);
  const state = new ServerState();
  const admit = createAdmit(deps);
  const servers: Server[] = [];
  let app: FastifyInstance | undefined;
  let route: (req: IncomingMessage, res: ServerResponse) => void = () => {};
  let url: string | null = null;
  let problem: string | null = null;

  const stopping = () =>
    new AppError('service-unavailable', 'TabAgent is shutting down.', {
      extra: { reason: 'shutting_down', retry_after: 5 },
    });

  /** Why a request is not even routed. */
  function refusalOf(req: IncomingMessage, path: string): AppError | undefined {
    if (state.closing) return stopping();
    if (!path.startsWith('/')) return new AppError('bad-request', 'The address must be a path.');
    return access.refusal(req.headers.host, req.headers.origin, path);
  }

  function handle(req: IncomingMessage, res: ServerResponse): void {
    const exchange = new Exchange(req, res, state);
    const refusal = refusalOf(req, exchange.instance);
    if (refusal) {
      if (!state.closing) admit.refused(exchange, refusal);
      return sendProblem(exchange, refusal);
    }
    exchange.corsOrigin = req.headers.origin;
    if (isPreflight(req)) return sendPreflight(exchange);
    req.url = rewrite(req.url ?? '/');
    route(req, res);
  }

  function upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const requestId = newRequestId();
    const [path = ''] = rewrite(req.url ?? '').split('?');
    try {
      const refusal = refusalOf(req, path);
      if (refusal) throw refusal;
      if (!UPGRADE_PATHS.has(path))
        throw new AppError('route-not-found', 'WebSocket is spoken at /rpc.', { extra: { route: path } });
      webSocket.accept(req, socket, head, admit.caller(req));
    } catch (thrown) {
      socket.end(rawProblem(toAppError(thrown), { requestId, instance: path }));
    }
  }

  function makeServer(): Server {
    const server = createServer(
      {
        keepAliveTimeout: 72_000,
        // Answered by the guard, with a problem body.
        requireHostHeader: false,
        shouldUpgradeCallback: (req) => req.headers.upgrade?.toLowerCase() === 'websocket',
      },
      handle,
    );
    server.on('checkExpectation', handle);
    server.on('upgrade', upgrade);
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      const problem = fromParser(error);
      if (problem === null || !socket.writable) socket.destroy();
      else socket.end(rawProblem(problem, { requestId: newRequestId() }));
    });
    return server;
  }

  async function build(): Promise<void> {
    const created = fastify({
      // The guard has seen every request before Fastify does.
      serverFactory: (handler) => {
        route = handler as typeof route;
        return makeServer();
      },
      logger: false,
      exposeHeadRoutes: false,
      return503OnClosing: false,
      routerOptions: { maxParamLength: 2048 },
      frameworkErrors: (error, request) => sendProblem(Exchange.of(request.raw), fromFramework(error)),
    });
    await addApp(created, { ...deps, admit, url: () => url ?? '' });
    await created.ready();
    app = created;
    servers.push(created.server);
  }

  /** Opens the port; loopback is opened for IPv6 too where that is possible. */
  async function open({ host, port: wanted }: DoorAddress): Promise<void> {
    if (!app) await build();
    const [server] = servers;
    if (!server) throw new Error('the server was not built');
    const port = await listen(server, host, wanted);
    access.setPort(port);
    if (isLoopback(host)) {
      const second = makeServer();
      if (await listenOnIpv6Loopback(second, port)) servers.push(second);
      else log.debug('http', 'the port is not open on ::1', { port });
    }
    url = `http://${host === '::1' ? '[::1]' : host}:${port}`;
  }

  return {
    name: 'http',
    get url() {
      return url;
    },
    get error() {
      return problem;
    },
    async start(address) {
      try {
        await open(address);
        problem = null;
      } catch (error) {
        if (!(error instanceof PortInUseError)) throw error;
        problem = error.message;
        log.warn('http', problem);
      }
    },
    async stop(graceMs) {
      state.closing = true;
      access.dispose();
      await Promise.all(servers.filter((server) => server.listening).map((server) => closeServer(server, graceMs)));
      url = null;
      await app?.close();
    },
  };
}

function closeServer(server: Server, graceMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
  server.close(() => {
    clearTimeout(deadline);
    resolve();
  });
  server.closeIdleConnections();
  return promise;
}

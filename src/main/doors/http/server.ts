/** The HTTP door: Node's server, a guard in front of everything, Fastify for routing and bodies. */
import type { IncomingMessage, Server } from 'node:http';
import fastify, { type FastifyInstance } from 'fastify';
import { isLoopback } from '../../features/connections/index.ts';
import type { Door, DoorAddress } from '../door.ts';
import { addApp } from './app.ts';
import type { HttpDeps } from './deps.ts';
import { listen, listenOnIpv6Loopback, PortInUseError } from './listen.ts';
import type { Direct } from './operations.ts';
import { sendProblem } from './reply/answer.ts';
import { fromFramework } from './reply/failures.ts';
import { createAccess } from './request/access.ts';
import { createAdmit } from './request/admit.ts';
import { Exchange, ServerState } from './request/exchange.ts';
import { createGuard, type Route } from './request/guard.ts';

/** The door. A port that is taken is reported by {@link HttpDoor.error}, and the door may be started again. */
export interface HttpDoor extends Door {
  /** Address in use, `http://127.0.0.1:8080`; null while closed. */
  readonly url: string | null;
  /** Why the door is closed, in one sentence for people; null when it is not. */
  readonly error: string | null;
}

/** Creates the door; nothing is loaded or opened before it is started. */
export function createHttpDoor(deps: HttpDeps): HttpDoor {
  const { settings, log } = deps;
  const access = createAccess(settings, deps.contract);
  const state = new ServerState(log);
  const admit = createAdmit(deps);
  const makeServer = createGuard({ access, admit, state, webSocket: deps.webSocket, devtools: deps.devtools });
  const servers: Server[] = [];
  let built: { app: FastifyInstance; route: Route } | undefined;
  let url: string | null = null;
  let problem: string | null = null;

  async function build() {
    const { app, route, answerDirectly } = createApp(makeServer);
    answerDirectly(await addApp(app, { ...deps, admit, url: () => url ?? '' }));
    await app.ready();
    servers.push(app.server);
    return { app, route };
  }

  /** Opens the port; loopback is opened for IPv6 too where that is possible. */
  async function open({ host, port: wanted }: DoorAddress): Promise<void> {
    built ??= await build();
    const port = await listen(built.app.server, host, wanted);
    access.setPort(port);
    if (isLoopback(host)) {
      const second = makeServer(built.route);
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
      await built?.app.close();
    },
  };
}

/** Fastify on a server that the guard stands in front of. */
function createApp(makeServer: (route: Route) => Server) {
  let handler: Route = () => {};
  let direct: ReadonlyMap<string, Direct> = new Map();
  const route: Route = (req, res) => {
    const answer = req.method === 'GET' && !hasBody(req) ? direct.get(req.url ?? '') : undefined;
    if (answer) answer(Exchange.of(req));
    else handler(req, res);
  };
  const app = fastify({
    // The guard has seen every request before Fastify does.
    serverFactory: (given) => {
      handler = given as Route;
      return makeServer(route);
    },
    logger: false,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 2048 },
    frameworkErrors: (error, request) => sendProblem(Exchange.of(request.raw), fromFramework(error)),
  });
  return {
    app,
    route,
    answerDirectly(answers: typeof direct): void {
      direct = answers;
    },
  };
}

/** RFC 9112 §6: a request without these has no body. */
const hasBody = ({ headers }: IncomingMessage) =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

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

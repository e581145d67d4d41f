/** The routes of all operations: one small function each, everything else is the dispatcher's. */
import type { FastifyInstance } from 'fastify';
import { type Contract, PAYLOAD_LIMITS } from '../../../contract/kernel/define.ts';
import type { Clock } from '../../core/clock.ts';
import type { FileContent } from '../../core/operation/operation.ts';
import type { ServerDispatcher } from '../dispatch/dispatcher.ts';
import { type HttpRoute, httpRoutes } from './pages/routes-list.ts';
import { sendProblem, sendResult } from './reply/answer.ts';
import { sendContent } from './reply/content.ts';
import { ignoredWarning } from './reply/ignored.ts';
import { eventWire } from './reply/sse.ts';
import { sendStream } from './reply/stream.ts';
import { planCoercion } from './request/coerce.ts';
import { Exchange } from './request/exchange.ts';
import { holdBody } from './request/hold-body.ts';
import { ifMatchOf, inputOf } from './request/input.ts';

/** What the routes need. */
export interface OperationDeps {
  contract: Contract;
  dispatcher: ServerDispatcher;
  clock: Clock;
  /** Authenticates and admits a request to an operation. @throws AppError */
  admit: (exchange: Exchange, id: string, sent: Sent) => void;
  /** Answers with what `admit` has thrown. */
  fail: (exchange: Exchange, thrown: unknown) => void;
}

/** What a request says beside its headers. */
interface Sent {
  query: Readonly<Record<string, unknown>>;
  params: Readonly<Record<string, unknown>>;
  body: unknown;
}

/** Answers a GET that says nothing but its address. */
export type Direct = (exchange: Exchange) => void;

const NOTHING: Sent = { query: {}, params: {}, body: undefined };

/**
 * Adds a route per address of the contract that has none yet. Operations that take a file in have routes of their own.
 * @returns by address, what is read without parameters: polls of the state and lists need no router, which costs as much as Node's server
 */
export function addOperationRoutes(app: FastifyInstance, deps: OperationDeps): ReadonlyMap<string, Direct> {
  const direct = new Map<string, Direct>();
  for (const route of httpRoutes(deps.contract)) {
    const { id, method, path, operation } = route;
    if (operation.payload === 'file' || app.hasRoute({ method, url: fastifyPath(path) })) continue;
    const answer = createAnswer(route, deps);
    addRoute(app, route, deps, answer);
    if (method !== 'GET' || path.includes('{')) continue;
    direct.set(path, (exchange) => {
      try {
        deps.admit(exchange, id, NOTHING);
      } catch (error) {
        return deps.fail(exchange, error);
      }
      void answer(exchange, NOTHING);
    });
  }
  return direct;
}

/** Largest body of an operation that asks for no credential, bytes. */
const MAX_ANONYMOUS_BODY = 64 * 1024;

const fastifyPath = (path: string) => path.replace(/\{(\w+)\}/g, ':$1');

type Answer = (exchange: Exchange, sent: Sent) => Promise<void>;

function createAnswer({ operation }: HttpRoute, { dispatcher, clock }: OperationDeps): Answer {
  const plan = planCoercion(operation);

  function read(exchange: Exchange, { query: given, body, params: path }: Sent): unknown {
    exchange.warnings = ignoredWarning(operation, body);
    const query = { ...given };
    if (operation.bytes) delete query.ticket;
    const resume = operation.history ? exchange.req.headers['last-event-id'] : undefined;
    if (typeof resume === 'string' && resume !== '') query.since = resume;
    return inputOf(operation, plan, { query, body, path });
  }

  return async (exchange, sent) => {
    const { admission } = exchange;
    if (!admission) return;
    try {
      const { headers } = exchange.req;
      const ifMatch = ifMatchOf(headers['if-match']);
      if (ifMatch !== undefined) exchange.ifMatch = ifMatch;
      const key = headers['idempotency-key'];
      const options = typeof key === 'string' ? { idempotencyKey: key } : undefined;
      const input = sent === NOTHING && !operation.history ? undefined : read(exchange, sent);
      const result = await dispatcher.run(admission, input, options);
      if (result.kind === 'stream') await sendStream(exchange, result.items, clock, eventWire(exchange, operation));
      else if (operation.bytes) await sendContent(exchange, result.value as FileContent);
      else sendResult(exchange, result);
    } catch (error) {
      sendProblem(exchange, error);
    }
  };
}

function addRoute(app: FastifyInstance, route: HttpRoute, { admit, dispatcher }: OperationDeps, answer: Answer): void {
  const { id, operation, method, path } = route;
  const bodyLimit = operation.anonymous ? MAX_ANONYMOUS_BODY : PAYLOAD_LIMITS[operation.payload];
  app.route<{ Querystring: Sent['query']; Params: Sent['params'] }>({
    method: method === 'GET' ? ['GET', 'HEAD'] : method,
    url: fastifyPath(path),
    bodyLimit,
    onRequest(request, _reply, done) {
      try {
        const exchange = Exchange.of(request.raw);
        admit(exchange, id, request);
        holdBody(dispatcher, exchange, bodyLimit);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    handler(request, reply) {
      reply.hijack();
      void answer(Exchange.of(request.raw), request);
    },
  });
}

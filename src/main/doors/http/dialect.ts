/**
 * The hook for hand-written wires. A dialect serves operations of the contract in a form that the general mapping cannot make,
 * such as another vendor's event stream. Who may call, how often, what is audited and counted is decided where it is for
 * every other request: by the operation, in the dispatcher.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OperationId } from '../../../contract/index.ts';
import { type Contract, type Method, type Operation, PAYLOAD_LIMITS } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { DispatchResult, Principal } from '../../core/operation/operation.ts';
import type { RunOptions, ServerDispatcher } from '../dispatch/dispatcher.ts';
import { problemBody } from '../wire/problem.ts';
import { sendJson, sendProblem } from './reply/answer.ts';
import { ignoredWarning } from './reply/ignored.ts';
import { type StreamWire, sendStream } from './reply/stream.ts';
import type { Admit } from './request/admit.ts';
import { Exchange, type ProblemWire } from './request/exchange.ts';
import { holdBody } from './request/hold-body.ts';

/** A hand-written wire. */
export interface Dialect {
  /** For messages. */
  name: string;
  /**
   * How the dialect says that something failed: refusals of the door included, from the moment its route was found. Without it failures
   * have the general form.
   */
  problem?: ProblemWire | undefined;
  /** Adds the routes with `kit.route`. `app` is a scope of the dialect's own: its hooks and parsers reach no other route. */
  register(app: FastifyInstance, kit: DialectKit): void | Promise<void>;
}

/** What the door gives a dialect. */
export interface DialectKit {
  /** Adds an address. Where the general mapping has the same one, the dialect's takes its place. */
  route(route: DialectRoute): void;
}

/** One address of a dialect. */
export interface DialectRoute {
  method: Method;
  /** In Fastify's notation, for example `/v1/chats/:id`. */
  url: string;
  /** What is called: its scope, area, tier, audit and payload limit hold. Admission comes before a byte of the body is read. */
  operation: OperationId;
  /** Answers once, with `json` or `stream`. What it throws goes out as the dialect's problem. */
  answer(call: DialectCall): Promise<void>;
}

/** A request that was admitted. */
export interface DialectCall {
  /** Parameters, query, headers and the parsed body. */
  readonly request: FastifyRequest;
  readonly requestId: string;
  readonly principal: Principal;
  /** Aborted when the client goes away before it has its answer, and when the host stops. */
  readonly signal: AbortSignal;
  /** Runs the operation as every door does: parse, handler, audit, metrics. @throws AppError */
  run(input: unknown, options?: RunOptions): Promise<DispatchResult>;
  /** Runs another operation for the same caller, which is admitted to it on its own. @returns its value. @throws AppError */
  also(operation: OperationId, input: unknown): Promise<unknown>;
  json(status: number, value: unknown): void;
  /** Sends `items` at the reader's pace; a failure before the first one still has its status. */
  stream(items: AsyncIterable<unknown>, wire: StreamWire): Promise<void>;
}

/** What the hook itself needs. */
export interface DialectDeps {
  contract: Contract;
  dispatcher: ServerDispatcher;
  admit: Admit;
  clock: Clock;
  log: Logger;
}

/** Registers a dialect with the HTTP door; settles when its routes exist. */
export async function addDialect(app: FastifyInstance, dialect: Dialect, deps: DialectDeps): Promise<void> {
  await app.register(async (scope) => {
    await dialect.register(scope, { route: (route) => addRoute(scope, dialect, route, deps) });
  });
}

function addRoute(app: FastifyInstance, dialect: Dialect, route: DialectRoute, deps: DialectDeps): void {
  const { method, url, operation: id } = route;
  const operation = deps.contract[id];
  if (!operation) throw new Error(`dialect ${dialect.name}: there is no operation ${id}`);
  const wording = wordingOf(dialect, deps.log);
  app.route({
    method: method === 'GET' ? ['GET', 'HEAD'] : method,
    url,
    bodyLimit: PAYLOAD_LIMITS[operation.payload],
    onRequest(request, _reply, done) {
      const exchange = Exchange.of(request.raw);
      if (wording !== undefined) exchange.problem = wording;
      try {
        deps.admit.operation(exchange, id);
        holdBody(deps.dispatcher, exchange, PAYLOAD_LIMITS[operation.payload]);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    handler(request, reply) {
      reply.hijack();
      void answer(request, operation, dialect, route, deps);
    },
  });
}

/** How the dialect says failures; one that it fails to say is said in the general form, as JSON of the dialect's. */
function wordingOf({ name, problem }: Dialect, log: Logger): ProblemWire | undefined {
  if (problem === undefined) return undefined;
  return (error, at) => {
    try {
      const text = JSON.stringify(problem(error, at));
      if (text === undefined) throw new Error('there are no words for it');
      return JSON.parse(text);
    } catch (fault) {
      log.error('http', `dialect ${name} failed to word a problem`, { request_id: at.requestId, error: fault });
      return problemBody(error, at);
    }
  };
}

async function answer(
  request: FastifyRequest,
  operation: Operation,
  dialect: Dialect,
  route: DialectRoute,
  deps: DialectDeps,
) {
  const exchange = Exchange.of(request.raw);
  const { admission } = exchange;
  if (!admission) return;
  let answered = false;
  const fail = (thrown: unknown) => {
    // What the dispatcher throws is an AppError and has been logged; anything else is a fault of the dialect.
    if (!(thrown instanceof AppError))
      deps.log.error('http', `dialect ${dialect.name} failed`, { request_id: exchange.requestId, error: thrown });
    sendProblem(exchange, thrown);
  };
  try {
    await route.answer({
      request,
      requestId: exchange.requestId,
      principal: exchange.principal,
      get signal() {
        return exchange.signal;
      },
      run(input, options) {
        exchange.warnings = ignoredWarning(operation, input);
        return deps.dispatcher.run(admission, input, options);
      },
      async also(id, input) {
        const result = await deps.dispatcher.dispatch(id, input, exchange);
        if (result.kind !== 'value') throw new Error(`${id} answers no value`);
        return result.value;
      },
      json(status, value) {
        answered = true;
        sendJson(exchange, status, [], value);
      },
      async stream(items, wire) {
        answered = true;
        // Caught here, because a route may not wait for its stream.
        await sendStream(exchange, items, deps.clock, wire).catch(fail);
      },
    });
    if (!answered) throw new Error(`${route.operation} was not answered`);
  } catch (thrown) {
    fail(thrown);
  }
}

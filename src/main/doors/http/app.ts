/** Everything that Fastify routes. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DOCUMENT_BOUNDS, JSON_BOUNDS } from '../../../contract/kernel/bounds.ts';
import { PAYLOAD_LIMITS } from '../../../contract/kernel/define.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { HttpDeps } from './deps.ts';
import { addDialect } from './dialect.ts';
import { addDocument } from './openapi/page.ts';
import { addOperationRoutes, type Direct } from './operations.ts';
import { addMetricsRoute } from './pages/metrics-route.ts';
import { addPages } from './pages/pages.ts';
import { sendProblem } from './reply/answer.ts';
import { fromFramework } from './reply/failures.ts';
import { createNotFound, type NotFound } from './reply/not-found.ts';
import type { Admit } from './request/admit.ts';
import { Exchange } from './request/exchange.ts';
import { readJsonBody } from './request/input.ts';
import { readBody } from './request/read-body.ts';
import { addUploadRoutes } from './request/uploads.ts';

/**
 * Adds body parsing, dialects, operations, uploads, pages, OpenAPI, metrics and the answers to everything else.
 * @returns what is answered without the router, see {@link addOperationRoutes}
 */
export async function addApp(
  app: FastifyInstance,
  deps: HttpDeps & { admit: Admit; url: () => string },
): Promise<ReadonlyMap<string, Direct>> {
  const { contract, admit } = deps;
  const notFound = createNotFound(contract);
  const fail = createFail(deps.log);
  addBodies(app);
  addFailures(app, notFound, fail);

  // First, because what they serve the general mapping leaves to them.
  for (const dialect of deps.dialects) await addDialect(app, dialect, deps);
  const direct = addOperationRoutes(app, {
    ...deps,
    fail,
    admit: (exchange, id, { query: { ticket }, params: { id: target } }) => {
      const opens = contract[id]?.bytes === true && typeof ticket === 'string' && typeof target === 'string';
      admit.operation(exchange, id, opens ? { value: ticket, target } : undefined);
    },
  });
  addUploadRoutes(app, { ...deps, admit: (exchange) => admit.operation(exchange, 'uploads_create') });
  addPages(app, deps);
  addDocument(app, { ...deps, notFound });
  addMetricsRoute(app, { ...deps, notFound });
  return direct;
}

/** A GET may carry a JSON body. */
function addBodies(app: FastifyInstance): void {
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
    const { bodyLimit } = request.routeOptions;
    const body = await readBody(payload, Number(request.headers['content-length'] ?? 0), bodyLimit);
    const bounds = bodyLimit > PAYLOAD_LIMITS.json ? DOCUMENT_BOUNDS : JSON_BOUNDS;
    return readJsonBody(request.headers['content-type'], body, bounds);
  });
}

type Fail = (exchange: Exchange, thrown: unknown, limitBytes?: number) => void;

function createFail(log: Logger): Fail {
  return (exchange, thrown, limitBytes) => {
    const error = fromFramework(thrown, limitBytes);
    if (error.slug === 'internal-server-error') {
      log.error('http', 'request failed', { request_id: exchange.requestId, error: error.cause ?? error });
    }
    sendProblem(exchange, error);
  };
}

/** Answers whatever no route has answered. */
function addFailures(app: FastifyInstance, notFound: NotFound, fail: Fail): void {
  app.setErrorHandler((thrown, request, reply) => {
    reply.hijack();
    fail(Exchange.of(request.raw), thrown, request.routeOptions.bodyLimit);
  });
  app.setNotFoundHandler((request, reply) => {
    reply.hijack();
    const [path = ''] = request.url.split('?');
    sendProblem(Exchange.of(request.raw), notFound(request.method, path));
  });
}

/** Everything that Fastify routes. */
import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../core/log/logger.ts';
import type { HttpDeps } from './deps.ts';
import { addDialect } from './dialect.ts';
import { addDocument } from './openapi/page.ts';
import { addOperationRoutes } from './operations.ts';
import { addMetricsRoute } from './pages/metrics-route.ts';
import { addPages } from './pages/pages.ts';
import { sendProblem } from './reply/answer.ts';
import { fromFramework } from './reply/failures.ts';
import { createNotFound, type NotFound } from './reply/not-found.ts';
import type { Admit } from './request/admit.ts';
import { Exchange } from './request/exchange.ts';
import { readJsonBody } from './request/input.ts';
import { addUploadRoutes } from './request/uploads.ts';

/** Adds body parsing, dialects, operations, uploads, pages, OpenAPI, metrics and the answers to everything else. */
export async function addApp(
  app: FastifyInstance,
  deps: HttpDeps & { admit: Admit; url: () => string },
): Promise<void> {
  const { contract, admit } = deps;
  const notFound = createNotFound(contract);
  addBodies(app);
  addFailures(app, notFound, deps.log);

  // First, because what they serve the general mapping leaves to them.
  for (const dialect of deps.dialects) await addDialect(app, dialect, deps);
  addOperationRoutes(app, {
    ...deps,
    admit: (exchange, id, request) => {
      const { ticket } = request.query as { ticket?: unknown };
      const target = (request.params as { id?: string }).id;
      const bytes = contract[id]?.bytes === true;
      admit.operation(
        exchange,
        id,
        bytes && typeof ticket === 'string' && target !== undefined ? { value: ticket, target } : undefined,
      );
    },
  });
  addUploadRoutes(app, { ...deps, admit: (exchange) => admit.operation(exchange, 'uploads_create') });
  addPages(app, deps);
  addDocument(app, { ...deps, notFound });
  addMetricsRoute(app, { ...deps, notFound });
}

/** A GET may carry a JSON body. */
function addBodies(app: FastifyInstance): void {
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, readJsonBody(request.headers['content-type'], body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Answers whatever no route has answered. */
function addFailures(app: FastifyInstance, notFound: NotFound, log: Logger): void {
  app.setErrorHandler((thrown, request, reply) => {
    reply.hijack();
    const exchange = Exchange.of(request.raw);
    const error = fromFramework(thrown, request.routeOptions.bodyLimit);
    if (error.slug === 'internal-server-error') {
      log.error('http', 'request failed', { request_id: exchange.requestId, error: error.cause ?? error });
    }
    sendProblem(exchange, error);
  });
  app.setNotFoundHandler((request, reply) => {
    reply.hijack();
    const [path = ''] = request.url.split('?');
    sendProblem(Exchange.of(request.raw), notFound(request.method, path));
  });
}

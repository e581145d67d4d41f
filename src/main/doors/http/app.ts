/** Everything that Fastify routes. */
import type { FastifyInstance } from 'fastify';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { HttpDeps } from './deps.ts';
import { addDialect } from './dialect.ts';
import { addOperationRoutes } from './operations.ts';
import { addPages } from './pages/pages.ts';
import { send, sendJson, sendProblem } from './reply/answer.ts';
import { fromFramework } from './reply/failures.ts';
import { createNotFound } from './reply/not-found.ts';
import type { Admit } from './request/admit.ts';
import { Exchange } from './request/exchange.ts';
import { readJsonBody } from './request/input.ts';
import { addUploadRoutes } from './request/uploads.ts';

/** Adds body parsing, dialects, operations, uploads, pages, OpenAPI, metrics and the answers to everything else. */
export async function addApp(
  app: FastifyInstance,
  deps: HttpDeps & { admit: Admit; url: () => string },
): Promise<void> {
  const { contract, settings, log, version, url, admit, metrics } = deps;

  // A GET may carry a JSON body.
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, readJsonBody(request.headers['content-type'], body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });

  app.setErrorHandler((thrown, request, reply) => {
    reply.hijack();
    const exchange = Exchange.of(request.raw);
    const error = fromFramework(thrown, request.routeOptions.bodyLimit);
    if (error.slug === 'internal-server-error') {
      log.error('http', 'request failed', { request_id: exchange.requestId, error: error.cause ?? error });
    }
    sendProblem(exchange, error);
  });
  const notFound = createNotFound(contract);
  app.setNotFoundHandler((request, reply) => {
    reply.hijack();
    const [path = ''] = request.url.split('?');
    sendProblem(Exchange.of(request.raw), notFound(request.method, path));
  });

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

  let document: unknown;
  app.route({
    method: ['GET', 'HEAD'],
    url: '/api-doc/openapi.json',
    async handler(request, reply) {
      reply.hijack();
      const exchange = Exchange.of(request.raw);
      if (!settings.get('docs_enabled')) return sendProblem(exchange, notFound('GET', '/api-doc/openapi.json'));
      const { buildOpenApi } = await import('./openapi/index.ts');
      document ??= buildOpenApi(contract, { version, url: url() });
      sendJson(exchange, 200, [], document);
    },
  });

  app.route({
    method: ['GET', 'HEAD'],
    url: '/metrics',
    async handler(request, reply) {
      reply.hijack();
      const exchange = Exchange.of(request.raw);
      try {
        if (!settings.get('metrics_enabled')) throw notFound('GET', '/metrics');
        admit.identify(exchange);
        if (exchange.principal.scope === null || exchange.principal.kind === 'anonymous') {
          throw new AppError('unauthorized', undefined, { extra: { required_scope: 'read' } });
        }
        const text = await metrics.render();
        send(exchange, 200, ['content-type', metrics.contentType], text);
      } catch (error) {
        sendProblem(exchange, error);
      }
    },
  });
}

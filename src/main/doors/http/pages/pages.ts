/** The panel and the API documentation as files, with strict content security policies and nothing from elsewhere. */
import { join, normalize, sep } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { cachingOf, DOCS_CSP, mediaTypeOf, PAGE_HEADERS, panelPolicy } from '../../../core/web/page-policy.ts';
import type { HttpDeps } from '../deps.ts';
import { send, sendProblem } from '../reply/answer.ts';
import { sendFile } from '../reply/file.ts';
import type { Exchange } from '../request/exchange.ts';
import { docsPages, SCALAR_INDEX, SWAGGER_INDEX } from './docs-pages.ts';
import { type AnswerGet, addGet } from './get.ts';

const secured = (csp: string) => ['content-security-policy', csp, ...Object.entries(PAGE_HEADERS).flat()];

/** Adds `/`, the panel under `/panel/`, and the documentation. `outDir` is the folder of the build. */
export function addPages(
  app: FastifyInstance,
  deps: Pick<HttpDeps, 'outDir' | 'contentOrigin' | 'panelLinkCommand' | 'settings'>,
): void {
  const { outDir, contentOrigin, panelLinkCommand, settings } = deps;
  const panelDir = join(outDir, 'renderer');
  const docsDir = join(outDir, 'docs');

  const redirect = (url: string, to: string) =>
    addGet(app, url, (exchange) => send(exchange, 302, ['location', to], ''));
  /** A page of the documentation. */
  const docs = (url: string, answer: AnswerGet) =>
    addGet(app, url, (exchange, path) => {
      if (!settings.get('docs_enabled')) throw noSuchPage();
      return answer(exchange, path);
    });

  redirect('/', '/panel/');
  redirect('/panel', '/panel/');
  // What the sign-in screen tells a browser without a session to run; only pages of this origin can read it.
  addGet(app, '/panel/panel-link.txt', (exchange) =>
    send(
      exchange,
      200,
      ['content-type', 'text/plain; charset=utf-8', 'cache-control', 'no-store', ...secured(DOCS_CSP)],
      panelLinkCommand ?? '',
    ),
  );
  addGet(app, '/panel/*', (exchange, path) => servePanel(exchange, panelDir, path, panelPolicy(contentOrigin())));

  for (const url of ['/redoc', '/rapidoc']) docs(url, (exchange) => send(exchange, 302, ['location', '/docs/'], ''));
  const text = (exchange: Exchange, mime: string, body: string) =>
    send(exchange, 200, ['content-type', mime, ...secured(DOCS_CSP)], body);
  docs('/swagger-ui', (exchange) => text(exchange, 'text/html; charset=utf-8', SWAGGER_INDEX));
  docs('/docs', (exchange) => text(exchange, 'text/html; charset=utf-8', SCALAR_INDEX));
  const asset =
    (folder: string): AnswerGet =>
    (exchange, path) => {
      const made = docsPages[`${folder}/${path}`];
      if (made !== undefined) return text(exchange, 'text/javascript; charset=utf-8', made);
      return serveFile(exchange, join(docsDir, folder), path, DOCS_CSP);
    };
  docs('/swagger-ui/*', asset('swagger-ui'));
  docs('/docs/*', asset('scalar'));
}

/** The panel keeps its own addresses: a path without extension is one of its screens. */
function servePanel(exchange: Exchange, dir: string, path: string, csp: string): Promise<void> {
  const file = path === '' || path.endsWith('/') ? `${path}index.html` : path;
  const screen = !/\.[a-z0-9]+$/i.test(file);
  return serveFile(exchange, dir, screen ? 'index.html' : file, csp);
}

async function serveFile(exchange: Exchange, dir: string, path: string, csp: string): Promise<void> {
  const full = normalize(join(dir, path));
  if (!full.startsWith(dir + sep) || path.includes('\0')) return sendProblem(exchange, noSuchPage());
  await sendFile(exchange, full, {
    mime: mediaTypeOf(full),
    cacheControl: cachingOf(path),
    headers: secured(csp),
    precompressed: true,
  });
}

function noSuchPage(): AppError {
  return new AppError('route-not-found', 'There is no such page.');
}

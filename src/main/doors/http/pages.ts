/** The panel and the API documentation as files, with strict content security policies and nothing from elsewhere. */
import { join, normalize, sep } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../../../contract/errors.ts';
import type { SettingsReader } from '../../core/settings.ts';
import { send, sendProblem } from './answer.ts';
import { docsPages, SCALAR_INDEX, SWAGGER_INDEX } from './docs-pages.ts';
import { Exchange } from './exchange.ts';
import { sendFile } from './file.ts';

const policy = (...extra: string[]) =>
  [
    "default-src 'self'",
    "script-src 'self'",
    // Mantine, CodeMirror, Scalar and Swagger UI make styles at run time; scripts are never inline.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
    ...extra,
  ].join('; ');

const PANEL_CSP = policy("frame-src 'self'", "media-src 'self' blob:");
const DOCS_CSP = policy("frame-src 'none'");
/** Playwright's trace viewer shows recorded pages in frames whose resources are blobs and data. */
const TRACE_VIEWER_CSP = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline' blob: data:",
  "img-src 'self' data: blob:",
  "font-src 'self' data: blob:",
  "media-src 'self' data: blob:",
  "connect-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "frame-src 'self' blob: data:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

const secured = (csp: string) => [
  'content-security-policy',
  csp,
  'referrer-policy',
  'no-referrer',
  'cross-origin-opener-policy',
  'same-origin',
  'cross-origin-resource-policy',
  'same-origin',
];

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  webmanifest: 'application/manifest+json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff: 'font/woff',
  woff2: 'font/woff2',
  ttf: 'font/ttf',
  wasm: 'application/wasm',
};

const typeOf = (path: string): string =>
  TYPES[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';

/** Vite puts a hash into the names of assets; everything else may differ after an update. */
const cachingOf = (path: string): string =>
  /^assets\/.+-[\w-]{8}\.\w+$/.test(path) ? 'max-age=31536000, immutable' : 'no-cache';

/** Adds `/`, the panel under `/panel/`, and the documentation. `outDir` is the folder of the build. */
export function addPages(app: FastifyInstance, deps: { outDir: string; settings: SettingsReader }): void {
  const { outDir, settings } = deps;
  const panelDir = join(outDir, 'renderer');
  const docsDir = join(outDir, 'docs');

  const redirect = (url: string, to: string) =>
    app.route({
      method: ['GET', 'HEAD'],
      url,
      handler: (request, reply) => {
        reply.hijack();
        send(Exchange.of(request.raw), 302, ['location', to], '');
      },
    });

  const page = (url: string, answer: (exchange: Exchange, path: string) => void | Promise<void>, docs: boolean) =>
    app.route<{ Params: { '*'?: string } }>({
      method: ['GET', 'HEAD'],
      url,
      handler: (request, reply) => {
        reply.hijack();
        const exchange = Exchange.of(request.raw);
        if (docs && !settings.get('docs_enabled')) return sendProblem(exchange, noSuchPage());
        void answer(exchange, request.params['*'] ?? '');
      },
    });

  redirect('/', '/panel/');
  redirect('/panel', '/panel/');
  page('/panel/*', (exchange, path) => servePanel(exchange, panelDir, path), false);

  for (const url of ['/redoc', '/rapidoc'])
    page(url, (exchange) => send(exchange, 302, ['location', '/docs/'], ''), true);
  const text = (exchange: Exchange, mime: string, body: string) =>
    send(exchange, 200, ['content-type', mime, ...secured(DOCS_CSP)], body);
  page('/swagger-ui', (exchange) => text(exchange, 'text/html; charset=utf-8', SWAGGER_INDEX), true);
  page('/docs', (exchange) => text(exchange, 'text/html; charset=utf-8', SCALAR_INDEX), true);
  const asset = (folder: string) => (exchange: Exchange, path: string) => {
    const made = docsPages[`${folder}/${path}`];
    if (made !== undefined) return text(exchange, 'text/javascript; charset=utf-8', made);
    return serveFile(exchange, join(docsDir, folder), path, DOCS_CSP);
  };
  page('/swagger-ui/*', asset('swagger-ui'), true);
  page('/docs/*', asset('scalar'), true);
}

/** The panel keeps its own addresses: a path without extension is one of its screens. */
function servePanel(exchange: Exchange, dir: string, path: string): Promise<void> {
  const file = path === '' || path.endsWith('/') ? `${path}index.html` : path;
  if (path.startsWith('trace-viewer/')) return serveFile(exchange, dir, file, TRACE_VIEWER_CSP);
  const screen = !/\.[a-z0-9]+$/i.test(file);
  return serveFile(exchange, dir, screen ? 'index.html' : file, PANEL_CSP);
}

async function serveFile(exchange: Exchange, dir: string, path: string, csp: string): Promise<void> {
  const full = normalize(join(dir, path));
  if (!full.startsWith(dir + sep) || path.includes('\0')) return sendProblem(exchange, noSuchPage());
  await sendFile(exchange, full, { mime: typeOf(full), cacheControl: cachingOf(path), headers: secured(csp) });
}

function noSuchPage(): AppError {
  return new AppError('route-not-found', 'There is no such page.');
}

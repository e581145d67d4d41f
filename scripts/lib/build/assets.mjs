import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { outDir, root } from '../paths.mjs';

const modules = join(root, 'node_modules');
/** Apart from the panel's files: it is served from the origin of recorded content. */
const VIEWER = join(outDir, 'content');

/** @type {readonly { from: string; to: string; files?: readonly string[] }[]} */
const COPIES = [
  {
    from: join(modules, 'swagger-ui-dist'),
    to: join(outDir, 'docs', 'swagger-ui'),
    files: [
      'swagger-ui.css',
      'swagger-ui-bundle.js',
      'swagger-ui-standalone-preset.js',
      'index.css',
      'favicon-16x16.png',
      'favicon-32x32.png',
      'LICENSE',
    ],
  },
  {
    from: join(modules, '@scalar', 'api-reference', 'dist', 'browser'),
    to: join(outDir, 'docs', 'scalar'),
    files: ['standalone.js'],
  },
  {
    from: join(modules, 'playwright-core', 'lib', 'vite', 'traceViewer'),
    to: VIEWER,
  },
  {
    from: join(modules, 'playwright-core', 'lib', 'vite', 'htmlReport'),
    to: join(VIEWER, 'report'),
  },
];

/** Copies the ready-made pages that the program serves offline: API explorers and Playwright's trace viewer. */
export async function copyAssets() {
  for (const { from, to, files } of COPIES) {
    await rm(to, { recursive: true, force: true });
    await mkdir(dirname(to), { recursive: true });
    if (!files) await cp(from, to, { recursive: true });
    else for (const file of files) await cp(join(from, file), join(to, file));
  }
  await cp(join(import.meta.dirname, 'content', 'escape.js'), join(VIEWER, 'escape.js'));
  await withOwnScript(join(VIEWER, 'index.html'));
  await cp(join(import.meta.dirname, 'content', 'report.js'), join(VIEWER, 'report', 'start.js'));
  await withReportOf(join(VIEWER, 'report', 'index.html'));
  await withPolicy(join(VIEWER, 'sw.bundle.js'));
}

/**
 * Takes the trace viewer's inline script out: it only explains file:// addresses, and the content security policy blocks it. In its place
 * comes a script by which Escape closes the dialog around the viewer.
 * @param {string} file
 */
async function withOwnScript(file) {
  const html = await readFile(file, 'utf8');
  const plain = html.replace(/<script>[\s\S]*?<\/script>/g, '');
  await writeFile(file, plain.replace('</head>', '<script src="./escape.js"></script></head>'));
}

/**
 * Lets the report's page begin with our script, which fetches the data of one report and then loads Playwright's. That expects the data in
 * its own page, which is written anew for each report, script and all.
 * @param {string} file
 */
async function withReportOf(file) {
  const html = await readFile(file, 'utf8');
  const own = html.replace(/<script type="module"[^>]*><\/script>/, '<script type="module" src="./start.js"></script>');
  if (own === html) throw new Error(`${file} has no script of its own: Playwright's report has changed`);
  await writeFile(file, own.replace('</head>', '<script src="../escape.js"></script></head>'));
}

/**
 * What a recorded page may do in its frame: show what the trace holds, which the service worker answers, and frame its own frames; reach
 * no server and lead nowhere.
 */
const SNAPSHOT_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline' http: https: data: blob:",
  'img-src http: https: data: blob:',
  'font-src http: https: data: blob:',
  'media-src http: https: data: blob:',
  "frame-src 'self'",
  "connect-src 'none'",
  "object-src 'none'",
  "form-action 'none'",
].join('; ');
/** Everything else that a trace holds is a file, whatever type it claims. */
const FILE_POLICY = "default-src 'none'; sandbox";

/**
 * Gives everything that the service worker makes of a trace a content security policy beside the worker's own, which only names the
 * scripts that may run in snapshots. The worker writes names of attributes as they were recorded and sends resources under the type that
 * they were recorded with, so a hostile recording decides what is in its frame and in its files. Which policy holds is decided by the
 * address that was asked for, never by a type.
 * @param {string} file
 */
async function withPolicy(file) {
  const prelude = `{
  const respondWith = FetchEvent.prototype.respondWith;
  const guarded = (request) => (answer) => {
    // What comes from the server, the viewer's own page among it, has the server's policy.
    if (answer.type !== 'default') return answer;
    const snapshot = /^\\/trace-viewer\\/snapshot\\//.test(new URL(request.url).pathname);
    const headers = new Headers(answer.headers);
    headers.append('content-security-policy', snapshot ? ${JSON.stringify(SNAPSHOT_POLICY)} : ${JSON.stringify(FILE_POLICY)});
    headers.set('x-content-type-options', 'nosniff');
    headers.set('referrer-policy', 'no-referrer');
    const { status, statusText } = answer;
    return new Response(answer.body, { status, statusText, headers });
  };
  FetchEvent.prototype.respondWith = function (answer) {
    return respondWith.call(this, Promise.resolve(answer).then(guarded(this.request)));
  };
}
`;
  await writeFile(file, prelude + (await readFile(file, 'utf8')));
}

import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { outDir, root } from '../paths.mjs';

/** Name of the trace viewer's folder in `out/renderer`. */
export const TRACE_VIEWER = 'trace-viewer';

const modules = join(root, 'node_modules');

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
    to: join(outDir, 'renderer', TRACE_VIEWER),
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
  await withoutInlineScripts(join(outDir, 'renderer', TRACE_VIEWER, 'index.html'));
}

/**
 * Takes the trace viewer's inline script out: it only explains file:// addresses, and the content security policy blocks it.
 * @param {string} file
 */
async function withoutInlineScripts(file) {
  const html = await readFile(file, 'utf8');
  await writeFile(file, html.replace(/<script>[\s\S]*?<\/script>/g, ''));
}

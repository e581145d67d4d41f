/** Serves `app://panel/`, the built panel, and `content://artifacts/`, what tasks recorded. No address reaches outside. */
import { readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { decodePath, isMissing, plain } from '../../core/web/file-response.ts';
import { mediaTypeOf } from '../../core/web/page-policy.ts';
import { pageHeaders } from './panel-headers.ts';
import { isContentUrl, isPanelUrl } from './panel-url.ts';

/**
 * Makes the handler for `protocol.handle`. It answers 404 for everything that is not a regular file below the panel's
 * real folder, links out of it included.
 */
export function createPanelProtocol(rendererDir: string): (request: Request) => Promise<Response> {
  let root: Promise<string> | null = null;

  const panelFile = async (path: string) => {
    root ??= realpath(rendererDir);
    const base = await root;
    const file = await realpath(join(base, path === '/' ? 'index.html' : path));
    return file.startsWith(base + sep) ? file : null;
  };

  return async (request) => {
    if (!isPanelUrl(request.url)) return plain(404, 'Not found');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return plain(405, 'Method not allowed', { allow: 'GET, HEAD' });
    }
    const path = decodePath(new URL(request.url).pathname);
    if (path === null) return plain(400, 'Bad address');
    // Read whole: inside an asar archive a file has no descriptor of its own.
    const file = await panelFile(path).catch(missing);
    const bytes = file === null ? null : await readFile(file).catch(missing);
    if (file === null || bytes === null) return plain(404, 'Not found');
    const headers = { ...pageHeaders(path), 'content-type': mediaTypeOf(file), 'content-length': String(bytes.length) };
    return new Response(request.method === 'HEAD' ? null : new Uint8Array(bytes), { headers });
  };
}

function missing(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}

/** Makes the handler of the content scheme: the content origin's own, for its own addresses. */
export function createContentProtocol(
  pages: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => (isContentUrl(request.url) ? pages(request) : plain(404, 'Not found'));
}

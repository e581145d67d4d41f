/** What the content origin answers, over HTTP and in the desktop app alike: artifacts by their address, and the trace viewer. */
import { readFile, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { REPORT_PAGE, VIEWER_FOLDER } from '../../../contract/host/content.ts';
import type { FileContent } from '../operation/operation.ts';
import type { ContentLinks } from './content-links.ts';
import { artifactHeaders, viewerHeaders } from './content-policy.ts';
import { decodePath, isMissing, plain, sendFile } from './file-response.ts';
import { mediaTypeOf } from './page-policy.ts';

/** Pages that open an artifact, by what they call it in their address: traces, and reports of tests. */
const OPENERS: Readonly<Record<string, string | undefined>> = { 'index.html': 'trace', [REPORT_PAGE]: 'report' };
/** The page that the trace viewer frames; Playwright's other pages there are for its own test runner. */
const FRAMED_PAGE = 'snapshot.html';

/** What {@link createContentPages} serves. */
export interface ContentSources {
  /** Folder of the built trace viewer. */
  viewerDir: string;
  links: ContentLinks;
  /** Looks an artifact up; null when there is none. */
  openContent(artifactId: string): FileContent | null;
  /** Origins that may frame the content, as `frame-ancestors` lists them. */
  frames(): string;
}

/** Lets the panel, and no other page, read an artifact as data; `panels` lists its origins. */
function readers(request: Request, panels: string): Record<string, string> {
  const origin = request.headers.get('origin');
  // Kept in a cache, an answer without the permission would stand for one with it.
  const vary = { vary: 'origin' };
  if (origin === null || !panels.split(' ').includes(origin)) return vary;
  return { ...vary, 'access-control-allow-origin': origin };
}

/**
 * Makes the handler. It answers 404 for everything that is not an artifact whose address was given out, or a file of the viewer; the
 * viewer opens such an artifact and nothing else.
 */
export function createContentPages(sources: ContentSources): (request: Request) => Promise<Response> {
  const { viewerDir, links, openContent, frames } = sources;
  let root: Promise<string> | null = null;

  /** A file of the viewer as the file system knows it: its path, and its name below the folder; null for what lies elsewhere. */
  async function resolved(path: string): Promise<{ file: string; name: string } | null> {
    root ??= realpath(viewerDir);
    const base = (await root) + sep;
    const file = await realpath(base + path.slice(VIEWER_FOLDER.length));
    return file.startsWith(base) ? { file, name: file.slice(base.length) } : null;
  }

  async function viewer(request: Request, path: string, asked: URLSearchParams): Promise<Response> {
    // Decided by the file that is there, not by one of the many ways to write its address.
    const found = await resolved(path);
    if (found === null) return plain(404, 'Not found');
    const { file, name } = found;
    const opener = OPENERS[name.replaceAll(sep, '/')];
    const artifact = opener === undefined ? null : asked.get(opener);
    if (opener !== undefined && (artifact === null || links.artifactOf(artifact) === null)) {
      return plain(404, `The address of this ${opener} is too old. Open it again from its task.`);
    }
    if (name.endsWith('.html') && opener === undefined && name !== FRAMED_PAGE) return plain(404, 'Not found');
    // Read whole: inside an asar archive a file has no descriptor of its own.
    const bytes = await readFile(file);
    const headers = { ...viewerHeaders(`'self' ${frames()}`), 'content-type': mediaTypeOf(name) };
    return new Response(request.method === 'HEAD' ? null : new Uint8Array(bytes), {
      headers: { ...headers, 'content-length': String(bytes.length) },
    });
  }

  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return plain(405, 'Method not allowed', { allow: 'GET, HEAD' });
    }
    const { pathname, searchParams } = new URL(request.url);
    const id = links.artifactOf(pathname);
    if (id !== null) {
      const content = openContent(id);
      if (content === null) return plain(404, 'This file is gone.');
      const headers = { ...artifactHeaders(content, `'self' ${frames()}`), ...readers(request, frames()) };
      return sendFile(request, content, headers);
    }
    const path = decodePath(pathname);
    if (path === null) return plain(400, 'Bad address');
    if (!path.startsWith(VIEWER_FOLDER)) return plain(404, 'Not found');
    return viewer(request, path, searchParams).catch((error: unknown) => {
      if (isMissing(error)) return plain(404, 'Not found');
      throw error;
    });
  };
}

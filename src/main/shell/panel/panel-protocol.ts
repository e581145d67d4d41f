/** Serves `app://panel/`: the built panel, and artifacts of tasks with Range support. No address reaches outside. */
import { open, readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { FileContent } from '../../core/operation/operation.ts';
import { parseRange } from '../../core/web/byte-range.ts';
import { mediaTypeOf } from '../../core/web/page-policy.ts';
import { artifactHeaders, pageHeaders } from './panel-headers.ts';
import { isPanelUrl } from './panel-url.ts';

const ARTIFACT = /^\/v1\/artifacts\/([a-z0-9_]{1,64})\/content$/;

/** What {@link createPanelProtocol} serves. */
export interface PanelSources {
  /** Folder with the built panel. */
  rendererDir: string;
  /** Looks an artifact up; null when there is none. */
  openContent(artifactId: string): FileContent | null;
}

/**
 * Makes the handler for `protocol.handle`. It answers 404 for everything that is not a regular file below the panel's
 * real folder, links out of it included.
 */
export function createPanelProtocol({
  rendererDir,
  openContent,
}: PanelSources): (request: Request) => Promise<Response> {
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
    const artifact = ARTIFACT.exec(path)?.[1];
    if (artifact !== undefined) {
      const content = openContent(artifact);
      if (content === null) return plain(404, 'Not found');
      return sendFile(request, content.path, content.mime, artifactHeaders(content));
    }
    // Read whole: inside an asar archive a file has no descriptor of its own.
    const file = await panelFile(path).catch(missing);
    const bytes = file === null ? null : await readFile(file).catch(missing);
    if (file === null || bytes === null) return plain(404, 'Not found');
    const headers = { ...pageHeaders(path), 'content-type': mediaTypeOf(file), 'content-length': String(bytes.length) };
    return new Response(request.method === 'HEAD' ? null : new Uint8Array(bytes), { headers });
  };
}

/** The path decoded once; null when it cannot be a path of ours on any system. */
function decodePath(pathname: string): string | null {
  try {
    const path = decodeURIComponent(pathname);
    return /[\0\\:]/.test(path) || path.split('/').includes('..') ? null : path;
  } catch {
    return null;
  }
}

function missing(error: NodeJS.ErrnoException): null {
  if (['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].includes(error.code ?? '')) return null;
  throw error;
}

/** Sends a file on disk, or the range of it that is asked for, reading no faster than the reader takes it. */
async function sendFile(
  request: Request,
  path: string,
  type: string,
  headers: Record<string, string>,
): Promise<Response> {
  const file = await open(path).catch(missing);
  if (file === null) return plain(404, 'Not found');
  let streaming = false;
  try {
    const stat = await file.stat();
    if (!stat.isFile()) return plain(404, 'Not found');
    const range = parseRange(request.headers.get('range'), stat.size);
    if (range === 'unsatisfiable')
      return plain(416, 'Range not satisfiable', { 'content-range': `bytes */${stat.size}` });
    const { start, end } = range ?? { start: 0, end: stat.size - 1 };
    const init = {
      status: range ? 206 : 200,
      headers: {
        ...headers,
        'content-type': type,
        'content-length': String(end - start + 1),
        'accept-ranges': 'bytes',
        ...(range ? { 'content-range': `bytes ${start}-${end}/${stat.size}` } : {}),
      },
    };
    if (request.method === 'HEAD' || end < start) return new Response(null, init);
    streaming = true;
    return new Response(bytesOf(file, start, end), init);
  } finally {
    if (!streaming) await file.close();
  }
}

type FileHandle = Awaited<ReturnType<typeof open>>;
const CHUNK = 256 * 1024;

/** Reads on demand, so that a paused video costs no memory, and closes the file when the reader goes away. */
function bytesOf(file: FileHandle, start: number, end: number): ReadableStream<Uint8Array> {
  let position = start;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const buffer = new Uint8Array(Math.min(CHUNK, end - position + 1));
          const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
          if (bytesRead === 0) throw new Error('the file became shorter while it was read');
          position += bytesRead;
          controller.enqueue(buffer.subarray(0, bytesRead));
          if (position <= end) return;
          controller.close();
          await file.close();
        } catch (error) {
          await file.close();
          throw error;
        }
      },
      cancel: () => file.close(),
    },
    { highWaterMark: 0 },
  );
}

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(text, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers },
  });
}

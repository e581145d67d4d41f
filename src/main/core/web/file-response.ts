/** Files as answers of the Fetch standard, with ranges, for the desktop's protocols and the content origin. */
import type { FileHandle } from 'node:fs/promises';
import { isInTheWay } from '../disk/owned-files.ts';
import { openOwnedRead } from '../disk/owned-reads.ts';
import { parseRange } from './byte-range.ts';

/** The path decoded once; null when it cannot be a path of ours on any system. */
export function decodePath(pathname: string): string | null {
  try {
    const path = decodeURIComponent(pathname);
    return /[\0\\:]/.test(path) || path.split('/').includes('..') ? null : path;
  } catch {
    return null;
  }
}

/** Whether an error of the file system means that there is no such file. */
export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].includes(String((error as { code?: unknown } | null)?.code));
}

/** Sends a file below `root`, or the range of it that is asked for, reading no faster than the reader takes it. */
export async function sendFile(
  request: Request,
  { root, path }: { root: string; path: string },
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const file = await openOwnedRead(root, path).catch((error: unknown) => {
    // A link or a pipe in the place of the file is not the file.
    if (isMissing(error) || isInTheWay(error)) return null;
    throw error;
  });
  if (file === null) return plain(404, 'Not found');
  let streaming = false;
  try {
    const stat = await file.stat();
    const range = parseRange(request.headers.get('range'), stat.size);
    if (range === 'unsatisfiable')
      return plain(416, 'Range not satisfiable', { 'content-range': `bytes */${stat.size}` });
    const { start, end } = range ?? { start: 0, end: stat.size - 1 };
    const init = {
      status: range ? 206 : 200,
      headers: {
        ...headers,
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

/** A short answer in words. */
export function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(text, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers },
  });
}

/** Sending a file: ranges, conditional requests, HEAD (RFC 9110 §13–14). */
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { parseRange } from '../../../core/web/byte-range.ts';
import type { Exchange } from '../request/exchange.ts';
import { matches, send, sendProblem } from './answer.ts';

/** How a file is sent. */
export interface FileOptions {
  mime: string;
  /** Name, value, name, value, … */
  headers: readonly string[];
  cacheControl: string;
}

/** Sends a file, or one range of it. A file that is not there is `not-found`. */
export async function sendFile(exchange: Exchange, path: string, options: FileOptions): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const stat = await handle.stat();
    if (!stat.isFile()) throw new AppError('not-found', 'There is no such file.');
    const etag = `"${stat.size.toString(36)}-${Math.floor(stat.mtimeMs).toString(36)}"`;
    const { req, res } = exchange;
    if (matches(req.headers['if-none-match'], etag)) return send(exchange, 304, ['etag', etag], '');

    const ifRange = req.headers['if-range'];
    // Ranges are defined for GET alone (RFC 9110 §14.2).
    const fresh = req.method === 'GET' && (ifRange === undefined || ifRange === etag);
    const range = fresh ? parseRange(req.headers.range, stat.size) : null;
    if (range === 'unsatisfiable') {
      const error = new AppError('bad-request', 'The requested range lies outside the file.', { status: 416 });
      res.setHeader('content-range', `bytes */${stat.size}`);
      return sendProblem(exchange, error);
    }
    const { start, end } = range ?? { start: 0, end: stat.size - 1 };
    const head = [...exchange.head(options.cacheControl), 'etag', etag, 'accept-ranges', 'bytes', ...options.headers];
    head.push('content-type', options.mime, 'content-length', String(end - start + 1));
    if (range) head.push('content-range', `bytes ${start}-${end}/${stat.size}`);
    res.writeHead(range ? 206 : 200, head);
    if (req.method === 'HEAD' || end < start) {
      res.end();
      return;
    }
    // A client that disconnects in the middle is not an error of the host.
    await pipeline(createReadStream('', { fd: handle, start, end, autoClose: false }), res).catch(() => res.destroy());
  } catch (error) {
    sendProblem(
      exchange,
      isMissing(error) ? new AppError('not-found', 'There is no such file.', { cause: error }) : error,
    );
  } finally {
    await handle?.close();
  }
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(String((error as { code?: unknown } | null)?.code));
}

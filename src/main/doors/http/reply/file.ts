/** Sending a file: ranges, conditional requests, HEAD, ready-made compression (RFC 9110 §8.4, §13–14). */
import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { isInTheWay } from '../../../core/disk/owned-files.ts';
import { openOwnedRead, openRegular } from '../../../core/disk/owned-reads.ts';
import { parseRange } from '../../../core/web/byte-range.ts';
import type { Exchange } from '../request/exchange.ts';
import { matches, sendProblem } from './answer.ts';
import { acceptsCoding, READY_CODINGS } from './coding.ts';

/** How a file is sent. */
export interface FileOptions {
  mime: string;
  /** Name, value, name, value, … */
  headers: readonly string[];
  cacheControl: string;
  /** True: compressed forms may lie beside the file, as `<name>.br` and `<name>.gz`. */
  precompressed?: boolean;
  /** A file that a task may have replaced: the data directory, below which no link is followed. */
  root?: string;
}

interface Opened {
  handle: FileHandle;
  /** Headers of the form that was chosen. */
  headers: readonly string[];
}

/** Opens the smallest form of a file that the client takes. @throws when the plain file is needed and not there */
async function openFile(
  exchange: Exchange,
  path: string,
  { root, precompressed = false }: FileOptions,
): Promise<Opened> {
  if (root !== undefined) return { handle: await openOwnedRead(root, path), headers: [] };
  if (!precompressed) return { handle: await openRegular(path), headers: [] };
  const vary = ['vary', 'Accept-Encoding'];
  for (const { coding, suffix } of READY_CODINGS) {
    if (!acceptsCoding(exchange.req.headers['accept-encoding'], coding)) continue;
    const handle = await openRegular(path + suffix).catch(() => null);
    if (handle !== null) return { handle, headers: [...vary, 'content-encoding', coding] };
  }
  return { handle: await openRegular(path), headers: vary };
}

/** Sends a file, or one range of it. A file that is not there is `not-found`. */
export async function sendFile(exchange: Exchange, path: string, options: FileOptions): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    const opened = await openFile(exchange, path, options);
    handle = opened.handle;
    const stat = await handle.stat();
    // Forms of one file differ in size, so each has a tag of its own.
    const etag = `"${stat.size.toString(36)}-${Math.floor(stat.mtimeMs).toString(36)}"`;
    const { req, res } = exchange;
    if (matches(req.headers['if-none-match'], etag)) {
      const head = [...exchange.head(options.cacheControl), 'etag', etag, ...opened.headers];
      res.writeHead(304, head).end();
      return;
    }

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
    const head = [...exchange.head(options.cacheControl), 'etag', etag, 'accept-ranges', 'bytes'];
    head.push(...opened.headers, ...options.headers);
    head.push('content-type', options.mime, 'content-length', String(end - start + 1));
    if (range) head.push('content-range', `bytes ${start}-${end}/${stat.size}`);
    res.writeHead(range ? 206 : 200, head);
    if (req.method === 'HEAD' || end < start) {
      res.end();
      return;
    }
    // A client that disconnects in the middle is not an error of the host.
    await pipeline(handle.createReadStream({ start, end, autoClose: false }), res).catch(() => res.destroy());
  } catch (error) {
    sendProblem(
      exchange,
      isMissing(error) || isInTheWay(error)
        ? new AppError('not-found', 'There is no such file.', { cause: error })
        : error,
    );
  } finally {
    await handle?.close();
  }
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(String((error as { code?: unknown } | null)?.code));
}

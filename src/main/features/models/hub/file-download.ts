/** Downloads one file: several ranges at once, from where each was left, until the whole has the length and the hash that the hub promised. */
import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { openOwnedRead } from '../../../core/disk/owned-reads.ts';
import { PART } from '../files/discover.ts';
import { failureOf, type HubClient, type HubResponse, isTemporary, unreachable } from './client.ts';
import type { HubFile } from './listing.ts';
import { openPart, type PartFile, type Range, removePart } from './part-file.ts';

/** Attempts in a row that bring nothing. */
const MAX_ATTEMPTS = 6;
/** A server may ask to wait; a caller who waits longer is told to come back. */
const MAX_WAIT_SECONDS = 300;
const PIECE = 512 * 1024;

/** One download. */
export interface FileJob {
  client: HubClient;
  root: string;
  /** Where it goes. */
  target: string;
  /** Path on the hub. */
  address: string;
  repo: string;
  file: HubFile;
  connections: number;
  signal: AbortSignal;
  /** Bytes that were written, negative ones when it begins anew. */
  progress(bytes: number): void;
}

/** The content on the hub is another one than that of which a part is here. */
class Changed extends Error {
  readonly etag: string | null;
  constructor(etag: string | null) {
    super('the content has changed');
    this.etag = etag;
  }
}

const strong = (etag: string | null) => (etag === null || etag.startsWith('W/') ? null : etag);

/** @returns the file's SHA-256. @throws AppError when the hub refuses, stays silent, or sends something else than it promised */
export async function downloadFile(job: FileJob): Promise<string> {
  const { root, target, file } = job;
  const there = fs.lstatSync(target, { throwIfNoEntry: false });
  if (there?.isFile() && there.size === file.bytes) {
    const found = await hashes(root, target, file);
    if (found.fits) {
      job.progress(file.bytes);
      return found.sha256;
    }
  }
  if (there) throw new AppError('conflict', `The models folder has another file ${file.path}; move it away.`);
  // A second time from the start, because what a killed host has left may be damaged.
  for (let attempt = 1; ; attempt++) {
    const part = await openPart(root, target, file.bytes, job.connections);
    const before = part.done();
    job.progress(before);
    try {
      await fill(job, part);
      const found = await hashes(root, target + PART, file);
      if (found.fits) {
        await part.finish();
        return found.sha256;
      }
    } finally {
      await part.close();
    }
    job.progress(-file.bytes);
    removePart(root, target);
    if (attempt >= 2 || before === 0)
      throw new AppError('model-corrupted', `${file.path} has another hash than the hub says; it was not kept.`, {
        extra: { model: job.repo, reason: 'hash' },
      });
  }
}

/** Downloads what is missing. */
async function fill(job: FileJob, part: PartFile): Promise<void> {
  for (let changes = 0; ; changes++) {
    // The first that fails ends the others.
    const abort = new AbortController();
    const each = { ...job, signal: AbortSignal.any([job.signal, abort.signal]) };
    const open = part.ranges.filter(({ at, end }) => at < end);
    try {
      const [first, ...rest] = open;
      if (first === undefined) return;
      // Before the content has a name, one connection asks for it.
      if (part.etag === null && rest.length > 0) await named(each, part, first);
      await settled(
        open.map((range) => fillRange(each, part, range)),
        () => abort.abort(),
      );
      return;
    } catch (error) {
      job.signal.throwIfAborted();
      if (!(error instanceof Changed) || changes >= 2)
        throw unreachable(error instanceof Changed ? restless(job) : error);
      job.progress(-part.done());
      await part.reset(error.etag);
    }
  }
}

/** Waits until all have ended. @param failed called at the first failure, which is thrown in the end */
async function settled(all: readonly Promise<void>[], failed: () => void): Promise<void> {
  let first: { error: unknown } | undefined;
  await Promise.all(
    all.map((one) =>
      one.catch((error: unknown) => {
        first ??= { error };
        failed();
      }),
    ),
  );
  if (first !== undefined) throw first.error;
}

const restless = ({ file }: FileJob) =>
  new AppError('gateway-timeout', `${file.path} changes on the hub while it is downloaded.`, {
    extra: { upstream: 'hub' },
  });

/** Learns what the server calls the content, by the first byte of a range. */
async function named(job: FileJob, part: PartFile, { at }: Range): Promise<void> {
  await withAttempts(job, async () => {
    (await ask(job, part, at, at + 1)).discard();
  });
}

async function fillRange(job: FileJob, part: PartFile, range: Range): Promise<void> {
  while (range.at < range.end) {
    await withAttempts(job, async () => {
      const from = range.at;
      try {
        await take(job, part, range, await ask(job, part, range.at, range.end));
        if (range.at === from) throw new Error('the hub sent nothing');
      } catch (error) {
        // What came before the cut counts: only attempts without any progress are numbered.
        if (range.at === from || !isTemporary(error) || error instanceof Changed) throw error;
        await delay(job.client.pauseMs, undefined, { signal: job.signal });
      }
    });
  }
}

async function take(job: FileJob, part: PartFile, range: Range, response: HubResponse): Promise<void> {
  for await (const piece of response.body()) {
    const rest = range.end - range.at;
    const wanted = piece.length > rest ? piece.subarray(0, rest) : piece;
    await part.write(range, wanted);
    job.progress(wanted.length);
    job.signal.throwIfAborted();
    if (range.at >= range.end) break;
  }
  response.discard();
}

/** An answer that holds exactly the bytes from `from` to `to` of the content that is known. */
async function ask(job: FileJob, part: PartFile, from: number, to: number): Promise<HubResponse> {
  const { client, address, file, repo, signal } = job;
  const whole = from === 0 && to === file.bytes;
  const headers: Record<string, string> = whole
    ? {}
    : { range: `bytes=${from}-${to - 1}`, ...(part.etag === null ? {} : { 'if-range': part.etag }) };
  const response = await client.open(address, headers, signal);
  const etag = strong(response.headers.get('etag'));
  const stop = (error: unknown): never => {
    response.discard();
    throw error;
  };
  if (response.status === 206) {
    const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get('content-range') ?? '') ?? [];
    if (Number(total) !== file.bytes) stop(wrongLength(job, total));
    if (Number(first) !== from || Number(last) !== to - 1) stop(new Error('another range was sent'));
    if (part.etag !== null && etag !== null && etag !== part.etag) stop(new Changed(etag));
  } else if (response.status === 200) {
    const length = response.headers.get('content-length');
    if (length !== null && Number(length) !== file.bytes) stop(wrongLength(job, length));
    if (part.etag !== null && etag !== part.etag && part.done() > 0) stop(new Changed(etag));
    // The server has no ranges: skip what is here already.
    if (from > 0) return skipping(response, from);
  } else if (response.status === 416) stop(new Changed(null));
  else stop(failureOf(response, repo));
  if (part.etag === null && etag !== null) await part.name(etag);
  return response;
}

/** A whole content without its first bytes. */
function skipping(response: HubResponse, bytes: number): HubResponse {
  return {
    ...response,
    async *body() {
      let left = bytes;
      for await (const piece of response.body()) {
        if (left >= piece.length) left -= piece.length;
        else {
          yield piece.subarray(left);
          left = 0;
        }
      }
    },
  };
}

const wrongLength = ({ file, repo }: FileJob, length: string | undefined) =>
  new AppError(
    'model-corrupted',
    `${file.path} has ${length ?? 'an unknown number of'} bytes, but the hub's list says ${file.bytes}.`,
    {
      extra: { model: repo, reason: 'length' },
    },
  );

/** Tries again what may succeed later, after pauses that grow; a server that asks to wait is obeyed. */
async function withAttempts({ client, signal }: FileJob, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      const asked =
        error instanceof AppError && error.slug === 'too-many-requests' ? Number(error.extra.retry_after) : null;
      const mayRepeat = asked !== null ? asked <= MAX_WAIT_SECONDS : isTemporary(error) && !(error instanceof Changed);
      if (!mayRepeat || attempt >= MAX_ATTEMPTS || hasSystemCode(error)) throw error;
      await delay(asked !== null ? asked * 1000 : client.pauseMs * 2 ** (attempt - 1), undefined, { signal });
    }
  }
}

/** A disk that refuses a write does not take the next one either. */
const hasSystemCode = (error: unknown) =>
  error instanceof Error && 'syscall' in error && (error as NodeJS.ErrnoException).syscall === 'write';

/** Hashes of a file, in pieces that leave the event loop free. */
async function hashes(root: string, path: string, file: HubFile): Promise<{ sha256: string; fits: boolean }> {
  const handle = await openOwnedRead(root, path);
  try {
    const { size } = await handle.stat();
    const sha256 = createHash('sha256');
    const all: Hash[] = [sha256];
    // Git names a small file by this hash of it.
    const git = file.blob === null ? null : createHash('sha1').update(`blob ${size}\0`);
    if (git !== null) all.push(git);
    const piece = Buffer.allocUnsafe(PIECE);
    for (let at = 0; at < size; ) {
      const { bytesRead } = await handle.read(piece, 0, PIECE, at);
      if (bytesRead === 0) break;
      for (const hash of all) hash.update(piece.subarray(0, bytesRead));
      at += bytesRead;
    }
    const digest = sha256.digest('hex');
    const fits =
      size === file.bytes &&
      (file.sha256 === null || file.sha256 === digest) &&
      (git === null || git.digest('hex') === file.blob);
    return { sha256: digest, fits };
  } finally {
    await handle.close();
  }
}

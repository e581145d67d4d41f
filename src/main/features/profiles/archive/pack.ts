/** Writes an archive; in a thread of its own, because sealing is computing. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { createOwnedStream } from '../../../core/disk/owned-files.ts';
import { openOwnedRead } from '../../../core/disk/owned-reads.ts';
import { listOwned } from '../../../core/disk/owned-trees.ts';
import { isCookieJar, isLeftOut } from '../folders.ts';
import { About, COOKIES, Cookies, faultOf, LIMITS, type Listed, MANIFEST, type Manifest, STORAGE } from './format.ts';
import { seal } from './seal.ts';
import { END, headOf, padOf } from './tar-entry.ts';

/** What the thread is asked for. */
export const PackInput = z.object({
  /** The data directory. */
  root: z.string(),
  /** Folder of the profile, which nobody writes to; null when its files are not asked for. */
  dir: z.string().nullable(),
  /** The file to write. */
  target: z.string(),
  about: About,
  cookies: Cookies.nullable(),
  passphrase: z.string().nullable(),
});
export const Packed = z.object({ bytes: z.int(), sha256: z.string(), files: z.int() });

const CHUNK = 256 * 1024;

const tooLarge = (what: string) =>
  new AppError('payload-too-large', `The profile has ${what} than an archive takes; clear its cache, or remove data.`, {
    extra: { limit_bytes: LIMITS.bytes },
  });

/** The bytes of a file, exactly as many as it had when it was listed. @throws AppError `conflict` when it has fewer */
async function* bytesOf(handle: FileHandle, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < size; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, size - at));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) throw changed();
    at += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

const changed = () =>
  new AppError('conflict', 'The files of the profile changed while they were exported; another program uses them.');

/** The files of the profile with their hashes, and how many have names that no other system would take. */
async function listed(root: string, dir: string): Promise<{ files: Listed[]; strange: number }> {
  const found: Listed[] = [];
  let strange = 0;
  let total = 0;
  const folders = [''];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const entry of await listOwned(root, path.join(dir, at))) {
      const name = at === '' ? entry.name : `${at}/${entry.name}`;
      if (isLeftOut(name) || isCookieJar(name)) continue;
      if (entry.isDirectory()) folders.push(name);
      if (!entry.isFile()) continue;
      if (faultOf(name) !== null) {
        strange += 1;
        continue;
      }
      const handle = await openOwnedRead(root, path.join(dir, name));
      try {
        const bytes = (await handle.stat()).size;
        total += bytes;
        if (total > LIMITS.bytes) throw tooLarge('more bytes');
        if (found.length === LIMITS.files) throw tooLarge('more files');
        const hash = createHash('sha256');
        for await (const chunk of bytesOf(handle, bytes)) hash.update(chunk);
        found.push({ path: STORAGE + name, bytes, sha256: hash.digest('hex') });
      } finally {
        await handle.close();
      }
    }
  }
  return { files: found, strange };
}

function* entry(name: string, content: Buffer): Generator<Buffer> {
  yield headOf(name, content.length);
  yield content;
  yield padOf(content.length);
}

async function* tar(
  { root, dir }: z.infer<typeof PackInput>,
  manifest: Manifest,
  cookies: Buffer | null,
): AsyncGenerator<Buffer> {
  yield* entry(MANIFEST, Buffer.from(JSON.stringify(manifest)));
  for (const { path: name, bytes, sha256 } of manifest.files) {
    if (name === COOKIES || dir === null) {
      if (cookies !== null) yield* entry(COOKIES, cookies);
      continue;
    }
    const handle = await openOwnedRead(root, path.join(dir, name.slice(STORAGE.length)));
    const hash = createHash('sha256');
    try {
      yield headOf(name, bytes);
      for await (const chunk of bytesOf(handle, bytes)) {
        hash.update(chunk);
        yield chunk;
      }
      yield padOf(bytes);
    } finally {
      await handle.close();
    }
    if (hash.digest('hex') !== sha256) throw changed();
  }
  yield END;
}

/** Writes the archive. @param tell gets the bytes that are done @returns its size and hash */
export async function pack(input: z.infer<typeof PackInput>, tell: (bytes: number) => void) {
  const { root, dir, about, target, passphrase } = input;
  const cookies = input.cookies === null ? null : Buffer.from(JSON.stringify(input.cookies));
  const { files, strange } = dir === null ? { files: [], strange: 0 } : await listed(root, dir);
  const left_out = [...about.left_out];
  if (strange > 0)
    left_out.push({ item: `${strange} files`, reason: 'their names do not exist on every system', lost: true });
  if (cookies !== null)
    files.unshift({
      path: COOKIES,
      bytes: cookies.length,
      sha256: createHash('sha256').update(cookies).digest('hex'),
    });
  const total = files.reduce((sum, { bytes }) => sum + bytes, 1);
  const hash = createHash('sha256');
  let bytes = 0;
  let told = 0;
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      if (bytes - told > total / 200) {
        told = bytes;
        tell(Math.min(total, told));
      }
      yield chunk;
    }
  };
  const plain = tar(input, { ...about, left_out, files }, cookies);
  await pipeline(Readable.from(counted(seal(plain, passphrase))), createOwnedStream(root, target, 'new'));
  return { bytes, sha256: hash.digest('hex'), files: files.length };
}

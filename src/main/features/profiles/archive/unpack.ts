/**
 * Reads an archive that anybody may have made, in a thread of its own. Everything is bounded before it is done: the manifest says what
 * comes, and what comes otherwise ends it. Nothing is used before the last byte has been verified.
 */
import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Parser, type ReadEntry } from 'tar';
import { z } from 'zod';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { makeOwnedFolder, openOwned } from '../../../core/disk/owned-files.ts';
import { openOwnedRead } from '../../../core/disk/owned-reads.ts';
import { removeOwnedFile } from '../../../core/disk/owned-trees.ts';
import {
  About,
  COOKIES,
  Cookies,
  damaged,
  LIMITS,
  type Listed,
  MANIFEST,
  type Manifest,
  readJson,
  readManifest,
  refused,
  STORAGE,
} from './format.ts';
import { HEADER_BYTES, isSealed, unseal } from './seal.ts';

/** What the thread is asked for. */
export const UnpackInput = z.object({
  /** The data directory. */
  root: z.string(),
  file: z.string(),
  /** Folder that is made for the files; null: nothing is written. */
  target: z.string().nullable(),
  passphrase: z.string().nullable(),
});
export const Unpacked = z.object({
  about: About,
  files: z.int(),
  bytes: z.int(),
  /** Files with another content than the manifest says; they are not kept. */
  wrong: z.array(z.string()),
  cookies: Cookies.nullable(),
  /** Whether saved passwords are among the files. */
  hasPasswords: z.boolean(),
  hasExtensions: z.boolean(),
});

/** What is being read of one entry. */
interface Reading {
  listed: Listed | null;
  size: number;
  hash: Hash;
  /** In memory: the manifest and the cookies. */
  kept: Buffer[] | null;
  fd: number | null;
}

const unannounced = () =>
  refused('hostile', 'The archive has an entry that its manifest does not name; nothing was taken.');

/** Takes the entries in the order of the manifest. */
function createTaker(root: string, target: string | null) {
  const wrong: string[] = [];
  let manifest: Manifest | null = null;
  let cookies: z.infer<typeof Cookies> | null = null;
  let next = 0;
  let reading: Reading | null = null;
  let bytes = 0;

  function expected(entry: ReadEntry): Reading {
    const { size } = entry;
    const hash = createHash('sha256');
    if (manifest === null) {
      if (entry.path !== MANIFEST || size > LIMITS.manifestBytes) throw notOurs();
      return { listed: null, size, hash, kept: [], fd: null };
    }
    const listed = manifest.files[next++];
    if (listed?.path !== entry.path || listed.bytes !== size) throw unannounced();
    if (listed.path === COOKIES) return { listed, size, hash, kept: [], fd: null };
    return { listed, size, hash, kept: null, fd: target === null ? null : created(root, target, listed.path) };
  }

  function ended({ listed, hash, kept, fd }: Reading): void {
    if (fd !== null) fs.closeSync(fd);
    const content = Buffer.concat(kept ?? []);
    if (listed === null) manifest = readManifest(content);
    else if (hash.digest('hex') !== listed.sha256) {
      wrong.push(listed.path);
      if (fd !== null && target !== null) removeOwnedFile(root, placeOf(target, listed.path));
    } else if (kept !== null) cookies = cookiesIn(content);
  }

  return {
    take(entry: ReadEntry): void {
      // Everything that is no plain file: links, devices, pipes, folders, and the extensions that replace a name.
      if (entry.type !== 'File' || entry.extended?.linkpath !== undefined) throw notAFile();
      const now = expected(entry);
      reading = now;
      entry.on('data', (chunk: Buffer) => {
        now.hash.update(chunk);
        bytes += chunk.length;
        now.kept?.push(chunk);
        if (now.fd !== null) fs.writeSync(now.fd, chunk);
      });
      entry.on('end', () => {
        reading = null;
        ended(now);
      });
    },
    close(): void {
      if (reading !== null && reading.fd !== null) fs.closeSync(reading.fd);
    },
    /** @throws AppError when something is missing */
    result(): z.infer<typeof Unpacked> {
      if (manifest === null || reading !== null || next !== manifest.files.length) throw damaged();
      const { files, ...about } = manifest;
      const has = (begin: RegExp) => files.some((file) => begin.test(file.path));
      return {
        ...{ about, files: files.length, bytes, wrong, cookies },
        hasPasswords: has(/^storage\/Default\/Login Data/),
        hasExtensions: has(/^storage\/Default\/(?:Local )?Extensions\//),
      };
    },
  };
}

const notOurs = () => refused('format', 'This is no archive of a profile.');
const notAFile = () =>
  refused('hostile', 'The archive has an entry that is no file, which no export writes; nothing of it was taken.');
const placeOf = (target: string, name: string) => path.join(target, ...name.slice(STORAGE.length).split('/'));

function created(root: string, target: string, name: string): number {
  const place = placeOf(target, name);
  makeOwnedFolder(root, path.dirname(place));
  return openOwned(root, place, 'new');
}

function cookiesIn(content: Buffer): z.infer<typeof Cookies> {
  const read = Cookies.safeParse(readJson(content));
  if (!read.success) throw damaged(read.error);
  return read.data;
}

/** @param tell gets the bytes that have been read @throws AppError `validation-error` for the passphrase, `unprocessable-entity` with `fault` */
export async function unpack(
  { root, file, target, passphrase }: z.infer<typeof UnpackInput>,
  tell: (bytes: number) => void,
): Promise<z.infer<typeof Unpacked>> {
  if (target !== null) makeOwnedFolder(root, target);
  const handle = await openOwnedRead(root, file);
  const taker = createTaker(root, target);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    const head = buffer.toString('latin1', 0, bytesRead);
    const total = (await handle.stat()).size;
    const source = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 256 * 1024 });
    const counted = async function* () {
      let told = 0;
      for await (const chunk of source as AsyncIterable<Buffer>) {
        if (source.bytesRead - told > total / 200) {
          told = source.bytesRead;
          tell(told);
        }
        yield chunk;
      }
    };
    const plain = await unseal(counted(), head, passphrase);
    await parse(plain, taker);
    const found = taker.result();
    // Without a seal somebody else may have changed it, and logins in the clear are made by no export.
    if (!isSealed(head) && found.about.include.some((part) => part !== 'settings'))
      throw refused(
        'hostile',
        'The archive holds logins and is not sealed, which no export writes; nothing was taken.',
      );
    return found;
  } catch (error) {
    throw error instanceof AppError ? error : asRefusal(error);
  } finally {
    taker.close();
    await handle.close();
  }
}

/** Errors of the disk are its own; everything else says that the bytes are not what an export wrote. */
const asRefusal = (error: unknown): unknown => (hasCode(error) ? error : damaged(error));
const hasCode = (error: unknown) =>
  error instanceof Error && 'syscall' in error && typeof (error as NodeJS.ErrnoException).code === 'string';

async function parse(plain: AsyncIterable<Uint8Array>, taker: ReturnType<typeof createTaker>): Promise<void> {
  let fault: unknown;
  const parser = new Parser({ strict: true, maxMetaEntrySize: 4096 });
  const refuse = (error: unknown) => {
    fault ??= error;
  };
  parser.on('error', refuse);
  parser.on('ignoredEntry', () => refuse(notAFile()));
  parser.on('entry', (entry: ReadEntry) => {
    try {
      if (fault === undefined) taker.take(entry);
      else entry.resume();
    } catch (error) {
      refuse(error);
      entry.resume();
    }
  });
  let first = true;
  for await (const chunk of plain) {
    // The parser would unpack what is compressed, and no export compresses.
    if (first && Buffer.from(chunk.subarray(0, MANIFEST.length)).toString() !== MANIFEST.slice(0, chunk.length))
      throw notOurs();
    first = false;
    parser.write(Buffer.from(chunk));
    if (fault !== undefined) throw fault;
  }
  parser.end();
  if (fault !== undefined) throw fault;
}

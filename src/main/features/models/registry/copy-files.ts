/** Copies of files into the models folder: under another name until they are whole and on the disk. */
import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { byteText } from '../../../../contract/kernel/text/byte-text.ts';
import { createOwnedStream, makeOwnedFolder } from '../../../core/disk/owned-files.ts';
import { openOwnedRead, openRegular } from '../../../core/disk/owned-reads.ts';
import { removeOwnedFile } from '../../../core/disk/owned-trees.ts';
import { PART } from '../files/discover.ts';

/** Left free on the disk, bytes: the database and the logs need some. */
const RESERVE = 256 * 1024 * 1024;

/** @throws AppError `storage-full` when `needed` bytes would leave too little on the disk of `dir` */
export async function requireSpace(dir: string, needed: number): Promise<void> {
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await fs.promises.statfs(dir);
  const free = bavail * bsize;
  if (needed + RESERVE <= free) return;
  throw new AppError(
    'storage-full',
    `${byteText(needed)} are needed and ${byteText(free)} are free on the disk of the models folder; free some space, or choose another folder in Settings → Inference.`,
    { extra: { path: dir, free_bytes: free } },
  );
}

/** Flushes a file and gives it its name. */
export async function finishPart(root: string, file: string): Promise<void> {
  const handle = await openOwnedRead(root, file + PART, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await fs.promises.rename(file + PART, file);
}

const PIECE = 1024 * 1024;

/** The first `size` bytes of a file: it may grow meanwhile. */
async function* pieces(source: fs.promises.FileHandle, size: number, progress: (bytes: number) => void) {
  for (let at = 0; at < size; ) {
    const { buffer, bytesRead } = await source.read(Buffer.allocUnsafe(Math.min(PIECE, size - at)), 0, undefined, at);
    if (bytesRead === 0) throw new AppError('conflict', 'The file became shorter while it was copied.');
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
    progress(bytesRead);
  }
}

/**
 * Copies one file.
 * @param root the models folder, below which no link is followed
 * @param progress called with the bytes of each piece
 * @throws AppError `conflict` when there is another file of that name; Error of the file system
 */
export async function copyInto(
  root: string,
  from: string,
  to: string,
  signal: AbortSignal,
  progress: (bytes: number) => void,
): Promise<void> {
  makeOwnedFolder(root, path.dirname(to));
  const source = await openRegular(from);
  try {
    const { size } = await source.stat();
    const there = fs.lstatSync(to, { throwIfNoEntry: false });
    if (there?.isFile() && there.size === size) return progress(size);
    if (there) throw new AppError('conflict', `The models folder already has another file ${path.basename(to)}.`);
    removeOwnedFile(root, to + PART);
    await pipeline(pieces(source, size, progress), createOwnedStream(root, to + PART, 'new'), { signal });
  } catch (error) {
    if (!(error instanceof AppError && error.slug === 'conflict')) removeOwnedFile(root, to + PART);
    throw error;
  } finally {
    await source.close();
  }
  await finishPart(root, to);
}

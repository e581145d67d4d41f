/**
 * Writing in the folders of an attempt, which its script and programs share: files are made anew, and nothing is written through a link
 * that has been planted under their name or in place of their folder.
 */
import { constants, createWriteStream, lstatSync, mkdirSync, type WriteStream } from 'node:fs';
import { copyFile, type FileHandle, open, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../failure.ts';

/** Folders of the data directory on the way to that of an attempt's artifacts: of the attempt, of the task, of all tasks. */
const ABOVE = 3;

/**
 * Makes the folder of an attempt's artifacts.
 * @throws Failure `configuration-error` (non-retryable) when something else has its name, or that of a folder on the way
 */
export function makeFolder(dir: string): void {
  const way = [dir];
  for (let n = 0; n < ABOVE; n++) way.unshift(dirname(way[0] ?? dir));
  for (const at of way) {
    if (at === dir) mkdirSync(dir, { recursive: true, mode: 0o700 });
    if (lstatSync(at, { throwIfNoEntry: false })?.isDirectory() ?? at !== dir) continue;
    throw new Failure('configuration-error', `${at} is a link, and nothing is written through one. Remove it.`, {
      retryable: false,
      extra: { setting: 'data_dir', reason: 'link_in_the_way', path: at },
    });
  }
}

/** Whether anything has this name, be it a link that leads nowhere. */
export function isTaken(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** @throws Error `EEXIST` when anything has the name */
export const openNew = (file: string): Promise<FileHandle> => open(file, 'wx', 0o600);

/** See {@link openNew}; the error comes from the stream. */
export const streamNew = (file: string): WriteStream => createWriteStream(file, { flags: 'wx', mode: 0o600 });

/** See {@link openNew}. */
export const writeNew = (file: string, content: string | Uint8Array): Promise<void> =>
  writeFile(file, content, { flag: 'wx', mode: 0o600 });

/** See {@link openNew}. */
export const copyNew = (from: string, to: string): Promise<void> => copyFile(from, to, constants.COPYFILE_EXCL);

/** Writes a file in place of whatever has its name. */
export async function writeInstead(file: string, content: string | Uint8Array): Promise<void> {
  await rm(file, { force: true });
  await writeNew(file, content);
}

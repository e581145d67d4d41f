/** Copies of folders below the data directory: regular files and folders alone; links, pipes and sockets are left out, not followed. */
import fs from 'node:fs';
import path from 'node:path';
import { makeOwnedFolder } from './owned-files.ts';
import { listOwned } from './owned-trees.ts';

/** Files copied together. */
const WIDTH = 8;

/**
 * Copies what is in a folder to another that is not there yet. Where the file system can, files share their blocks until one changes.
 * @param root the data directory
 * @param leaveOut whether an entry, by its path from `from` with `/`, is left out
 * @throws AppError `configuration-error` when a folder on the way is a link; the reason of `signal`; Error of the file system
 */
export async function copyOwned(
  root: string,
  from: string,
  to: string,
  leaveOut: (entry: string) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  makeOwnedFolder(root, to);
  const folders = [''];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    const files: string[] = [];
    for (const entry of await listOwned(root, path.join(from, at))) {
      const name = at === '' ? entry.name : `${at}/${entry.name}`;
      if (leaveOut(name)) continue;
      if (entry.isDirectory()) {
        makeOwnedFolder(root, path.join(to, name));
        folders.push(name);
      } else if (entry.isFile()) files.push(name);
    }
    for (let next = 0; next < files.length; next += WIDTH) {
      signal?.throwIfAborted();
      await Promise.all(files.slice(next, next + WIDTH).map((name) => copyFile(from, to, name)));
    }
  }
}

async function copyFile(from: string, to: string, name: string): Promise<void> {
  const target = path.join(to, name);
  await fs.promises.copyFile(path.join(from, name), target, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE);
  await fs.promises.chmod(target, 0o600);
}

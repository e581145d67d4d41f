/** Names of the database as paths, and removal of whole folders: never outside of the folder that they belong to. */
import fs from 'node:fs';
import path from 'node:path';
import { checkFolders, requireBelow } from './owned-files.ts';

/**
 * Path of an entry of `root` that is named by an id. A database may come from elsewhere: its ids are no paths.
 * @throws AppError `configuration-error` when the id is not one plain name
 */
export function entryOf(root: string, id: string): string {
  const entry = path.join(root, id);
  requireBelow(root, path.basename(id) === id ? entry : root);
  return entry;
}

/**
 * Removes a folder with all that is in it, or a file; nothing there is no error. A link is removed, not followed.
 * @param root the data directory, or the parent of the temporary folder: below it there is no link of the operator's
 * @throws AppError `configuration-error` otherwise; Error of the file system
 */
export async function removeOwned(root: string, target: string): Promise<void> {
  requireBelow(root, target);
  if (isReached(root, target)) await fs.promises.rm(target, { recursive: true, force: true, maxRetries: 3 });
}

/** Like {@link removeOwned}, at once and for a file: a folder of that name stays, and is an error. */
export function removeOwnedFile(root: string, file: string): void {
  requireBelow(root, file);
  if (isReached(root, file)) fs.rmSync(file, { force: true });
}

/**
 * What is in a folder; nothing when there is no such folder.
 * @throws AppError `configuration-error` when it is not below `root`, or it or a folder on the way is a link; Error of the file system
 */
export async function listOwned(root: string, dir: string): Promise<fs.Dirent[]> {
  return isReached(root, path.join(dir, '*')) ? fs.promises.readdir(dir, { withFileTypes: true }) : [];
}

/** {@link listOwned} at once, for folders with few entries. */
export function listOwnedSync(root: string, dir: string): fs.Dirent[] {
  return isReached(root, path.join(dir, '*')) ? fs.readdirSync(dir, { withFileTypes: true }) : [];
}

/** Whether every folder on the way from `root` to `target` is there. @throws AppError `configuration-error` when one of them is a link */
function isReached(root: string, target: string): boolean {
  try {
    checkFolders(root, path.dirname(target));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

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
 * @param root what the caller owns; `target` has to be below it, with no link on the way
 * @throws AppError `configuration-error` otherwise; Error of the file system
 */
export async function removeOwned(root: string, target: string): Promise<void> {
  requireBelow(root, target);
  try {
    checkFolders(root, path.dirname(target));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await fs.promises.rm(target, { recursive: true, force: true, maxRetries: 3 });
}

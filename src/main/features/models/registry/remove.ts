/** Removes a model: unloads it, then deletes its files, its row and its folder. */
import fs from 'node:fs';
import path from 'node:path';
import { refOf } from '../../../../contract/models/reference.ts';
import { removeOwned, removeOwnedFile } from '../../../core/disk/owned-trees.ts';
import { folderOf } from '../files/discover.ts';
import type { ModelRow } from '../schema.ts';
import type { ModelStore } from '../store/model-store.ts';

export interface RemoverDeps {
  store: Pick<ModelStore, 'all' | 'remove'>;
  root: () => string;
  /** Unloads the model if it is loaded, which ends what runs on it. */
  unload(name: string): Promise<void>;
}

/** Creates what removes models, one after the other. @returns bytes that were freed */
export function createRemover({ store, root, unload }: RemoverDeps) {
  /** Deletes the files, except those of a linked model, which belong to another program. */
  function removeFiles(row: ModelRow): number {
    if (row.source === 'link') return 0;
    let freed = 0;
    for (const file of row.files) {
      const found = fs.lstatSync(file.path, { throwIfNoEntry: false });
      if (!found) continue;
      removeOwnedFile(root(), file.path);
      freed += found.size;
    }
    return freed;
  }

  /** Removes the folder that was made for a model, once there is no other model in it. */
  async function removeFolder({ source, path: file }: ModelRow): Promise<void> {
    if (source !== 'copy' && source !== 'download') return;
    const folder = folderOf(file);
    const left = store.all().some((row) => !path.relative(folder, row.path).startsWith('..'));
    if (!left && path.relative(root(), folder) !== '') await removeOwned(root(), folder);
  }

  return async function remove(rows: readonly ModelRow[]): Promise<number> {
    let freed = 0;
    for (const row of rows) {
      await unload(refOf(row));
      freed += removeFiles(row);
      store.remove(row);
      await removeFolder(row);
    }
    return freed;
  };
}

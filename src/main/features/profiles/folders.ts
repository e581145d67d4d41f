/** Folders of profiles on disk: size, cache, removal. Everything is asynchronous: the host must not block. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { listOwned, removeOwned } from '../../core/disk/owned-trees.ts';

/** Folders that Chrome rebuilds; removing them keeps logins. */
const CACHES = [
  'Default/Cache',
  'Default/Code Cache',
  'Default/GPUCache',
  'Default/DawnGraphiteCache',
  'Default/DawnWebGPUCache',
  'Default/Service Worker/CacheStorage',
  'GrShaderCache',
  'ShaderCache',
  'GraphiteDawnCache',
  'component_crx_cache',
  'extensions_crx_cache',
];

/** Bytes below the folder of a profile; 0 when it does not exist. Symlinks are not followed. */
export async function folderBytes(dir: string): Promise<number> {
  const root = path.dirname(path.dirname(dir));
  let total = 0;
  const pending = [dir];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const entries = await listOwned(root, at).catch(() => []);
    for (const entry of entries) {
      const full = path.join(at, entry.name);
      if (entry.isDirectory()) pending.push(full);
      else if (entry.isFile()) total += (await fs.lstat(full).catch(() => null))?.size ?? 0;
    }
  }
  return total;
}

/** Removes what Chrome rebuilds by itself. */
export async function clearCaches(userDataDir: string): Promise<void> {
  const root = path.dirname(path.dirname(userDataDir));
  await Promise.all(CACHES.map((name) => removeOwned(root, path.join(userDataDir, name))));
}

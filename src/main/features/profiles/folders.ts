/** Folders of profiles on disk: size, kinds of data, cache, copies. Everything is asynchronous: the host must not block. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { DISK_KINDS, type DiskKind, type ProfileDisk } from '../../../contract/automation/profile/running.ts';
import { copyOwned } from '../../core/disk/owned-copies.ts';
import { listOwned, removeOwned } from '../../core/disk/owned-trees.ts';

/** Folders that Chrome rebuilds; removing them keeps logins. */
const CACHES = [
  'Default/Cache',
  'Default/Code Cache',
  'Default/GPUCache',
  'Default/DawnGraphiteCache',
  'Default/DawnWebGPUCache',
  'Default/Service Worker/CacheStorage',
  'Default/Service Worker/ScriptCache',
  'GrShaderCache',
  'ShaderCache',
  'GraphiteDawnCache',
  'component_crx_cache',
  'extensions_crx_cache',
];

/** What belongs to one run of a browser, and to no copy. */
const OF_A_RUN =
  /^(Singleton(Lock|Cookie|Socket)|lockfile|DevToolsActivePort|Crashpad|BrowserMetrics.*|Crash Reports)$/;

/** What entries hold, by how their paths begin; the first that fits counts. */
const KINDS: readonly (readonly [DiskKind, RegExp])[] = [
  ['cookies', /^Default\/(?:Network\/)?Cookies/],
  ['extensions', /^Default\/(?:Extension|Local Extension|Sync Extension|Managed Extension)/],
  [
    'site_data',
    /^Default\/(?:Local Storage|Session Storage|IndexedDB|Service Worker|File System|WebStorage|databases|shared_proto_db|SharedStorage)/,
  ],
  ['history', /^Default\/(?:History|Favicons|Top Sites|Visited Links|Shortcuts|Sessions|Network Action Predictor)/],
];

const isBelow = (entry: string, folder: string) => entry === folder || entry.startsWith(`${folder}/`);
const isCache = (entry: string) => CACHES.some((folder) => isBelow(entry, folder));
const kindOf = (entry: string): DiskKind =>
  isCache(entry) ? 'cache' : (KINDS.find(([, begins]) => begins.test(entry))?.[0] ?? 'other');

/** Whether an entry is in no copy of a profile: the browser makes it again. */
export const isLeftOut = (entry: string): boolean => isCache(entry) || OF_A_RUN.test(entry);
/** Whether an entry is a file of cookies, or beside one. */
export const isCookieJar = (entry: string): boolean => kindOf(entry) === 'cookies';

/** Bytes below the folder of a profile by kind; nothing when it does not exist. Symlinks are not followed. */
export async function folderDisk(dir: string): Promise<ProfileDisk> {
  const root = path.dirname(path.dirname(dir));
  const kinds = Object.fromEntries(DISK_KINDS.map((kind) => [kind, 0])) as Record<DiskKind, number>;
  const pending = [''];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const entries = await listOwned(root, path.join(dir, at)).catch(() => []);
    for (const entry of entries) {
      const name = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory()) pending.push(name);
      else if (entry.isFile())
        kinds[kindOf(name)] += (await fs.lstat(path.join(dir, name)).catch(() => null))?.size ?? 0;
    }
  }
  return { bytes: Object.values(kinds).reduce((sum, bytes) => sum + bytes, 0), kinds };
}

/** Bytes below the folder of a profile. */
export const folderBytes = async (dir: string): Promise<number> => (await folderDisk(dir)).bytes;

/** Removes what Chrome rebuilds by itself. */
export async function clearCaches(userDataDir: string): Promise<void> {
  const root = path.dirname(path.dirname(userDataDir));
  await Promise.all(CACHES.map((name) => removeOwned(root, path.join(userDataDir, name))));
}

/** Copies the data of a browser that is closed, without caches and locks; removes what it has copied when that fails. */
export async function copyProfile(from: string, to: string, signal?: AbortSignal): Promise<void> {
  const root = path.dirname(path.dirname(to));
  try {
    await copyOwned(root, from, to, isLeftOut, signal);
  } catch (error) {
    await removeOwned(root, to);
    throw error;
  }
}

/** Opens the browser of a plan with a folder of its own for temporary files, which ends with it. */
import path from 'node:path';
import { makeOwnedFolder } from '../../../core/disk/owned-files.ts';
import { listOwnedSync, removeOwned } from '../../../core/disk/owned-trees.ts';
import { randomToken } from '../../../core/ids.ts';
import { type BrowserEnd, type LaunchedBrowser, launchBrowser } from './launcher.ts';
import type { LaunchPlan } from './plan.ts';

/** How the names of these folders begin. */
const PREFIX = 'b-';
/** How the names of folders of ephemeral profiles begin. */
export const EPHEMERAL_PREFIX = 'profile-';

/** Bytes that the path of a socket may have on every system. */
const SOCKET_PATH_BYTES = 103;
/** What Chromium adds to the folder for the socket of its lock. */
const SOCKET_NAME = '/org.chromium.Chromium.XXXXXX/SingletonSocket';

/** A browser with its folder. */
export interface OpenBrowser extends LaunchedBrowser {
  /** Settles when the browser has gone, and its temporary files with it. */
  readonly exited: Promise<BrowserEnd>;
}

/** The environment with a folder for temporary files. Where the path would be too long for a socket the system's own folder stays. */
function withTemp(env: Record<string, string>, dir: string): Record<string, string> {
  if (Buffer.byteLength(dir + SOCKET_NAME) > SOCKET_PATH_BYTES) return env;
  return { ...env, TMPDIR: dir, TMP: dir, TEMP: dir };
}

/** Like {@link launchBrowser}; what the browser leaves among temporary files goes with it. */
export async function openBrowser(
  plan: Pick<LaunchPlan, 'executable' | 'userDataDir' | 'args' | 'env'>,
  urls: readonly string[],
  tempDir: string,
  signal?: AbortSignal,
): Promise<OpenBrowser> {
  const root = path.dirname(tempDir);
  const dir = path.join(tempDir, PREFIX + randomToken(6));
  makeOwnedFolder(root, dir);
  const remove = () => removeOwned(root, dir).catch(() => undefined);
  try {
    const browser = await launchBrowser({ ...plan, env: withTemp(plan.env, dir) }, urls, signal);
    const exited = browser.exited.finally(remove);
    return {
      ...browser,
      exited,
      async close(deadlineMs) {
        await browser.close(deadlineMs);
        await exited;
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Folders of browsers and of ephemeral profiles that a killed host has left; to be asked before this host opens any. */
export function leftoverFolders(tempDir: string): string[] {
  const names = listOwnedSync(path.dirname(tempDir), tempDir).map(({ name }) => name);
  const ours = names.filter((name) => name.startsWith(PREFIX) || name.startsWith(EPHEMERAL_PREFIX));
  return ours.map((name) => path.join(tempDir, name));
}

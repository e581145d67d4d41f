/** What archives need of profiles beyond what everybody may do with them. */
import type { ProfileSnapshot } from '../../../../contract/automation/profiles.ts';
import type { PoolId, ProfileId, ProxyId } from '../../../../contract/kernel/scalars.ts';
import type { Jar } from '../cookies/browser-jar.ts';
import type { Browsers } from '../launch/browsers.ts';
import type { ProfileRow } from '../schema.ts';
import { withJarIn } from '../snapshots/look.ts';
import type { Snapshots } from '../snapshots/snapshots.ts';
import type { ProfileStore } from '../store.ts';

/** What says which browser it is. */
type OfBrowser = Pick<ProfileSnapshot, 'browser' | 'executable_path'>;

/** Creates it. */
export function createArchiveAccess(deps: {
  store: Pick<ProfileStore, 'get' | 'getDeleted' | 'named'>;
  browsers: Browsers;
  tempDir: string;
  browserArgs: readonly string[];
  /** @throws AppError `not-found` */
  require(id: ProfileId): ProfileRow;
  /** Folder of a profile that keeps its data. */
  dirOf(id: ProfileId): string;
  proxies: { exists(id: ProxyId): boolean; pools: { exists(id: PoolId): boolean } };
  snapshots: Pick<Snapshots, 'replace'>;
}) {
  const { store, browsers, tempDir, browserArgs, require, dirOf } = deps;
  return {
    ...{ require, dirOf, hasProxy: deps.proxies.exists, hasPool: deps.proxies.pools.exists },
    /** Puts a folder in the place of a profile's own, which becomes a snapshot. */
    replaceFolder: deps.snapshots.replace,
    named: store.named,
    /** Whether there is, or was, a profile of this id. */
    isKnown: (id: ProfileId): boolean => (store.get(id) ?? store.getDeleted(id)) !== undefined,
    /** Works on the cookies in a folder that no browser uses, with a browser that reaches nothing. @throws AppError `browser-not-found`, `browser-failed` */
    async withJar<T>(dir: string, of: OfBrowser, work: (jar: Jar) => Promise<T>, signal: AbortSignal): Promise<T> {
      const executable = await browsers.executableFor(of);
      return withJarIn(dir, { executable, args: browserArgs, tempDir, signal }, work);
    },
    /** Version of the browser that a profile is opened with; null when there is none, or it does not say. */
    async versionOf(of: OfBrowser): Promise<string | null> {
      const executable = await browsers.executableFor(of).catch(() => null);
      return (await browsers.list()).find(({ path }) => path === executable)?.version ?? null;
    },
  };
}

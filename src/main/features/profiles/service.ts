/** Profiles as the rest of the program sees them: editing, exclusive use, opening and closing browsers. */
import path from 'node:path';
import { Profile, type ProfileSnapshot } from '../../../contract/automation/profiles.ts';
import type { ProxyRoute } from '../../../contract/automation/proxies.ts';
import type { PoolId, ProfileId, ProxyId } from '../../../contract/kernel/scalars.ts';
import type { Clock } from '../../core/clock.ts';
import { type Db, recordOf } from '../../core/db/index.ts';
import { entryOf } from '../../core/disk/owned-trees.ts';
import type { Logger } from '../../core/log/logger.ts';
import { notFound } from '../../core/operation/versioned.ts';
import type { Exits, OpenFromPool, ProxyForwarders, TrafficBook } from '../proxies/index.ts';
import { createArchiveAccess } from './archive/access.ts';
import { createRelay } from './cdp/relay.ts';
import { createCookieDesk } from './cookies/desk.ts';
import { createCopies } from './copies.ts';
import { createEditing } from './editing.ts';
import { snapshotOf, toProfile } from './fields.ts';
import { createHousekeeping } from './housekeeping.ts';
import type { Browsers } from './launch/browsers.ts';
import type { ChromeLock } from './launch/chrome-lock.ts';
import { EPHEMERAL_PREFIX } from './launch/open-browser.ts';
import { createPlanner, type Holder } from './launch/plan.ts';
import { createVisits } from './launch/visits.ts';
import { createListing } from './listing.ts';
import { createManualBrowsers } from './manual.ts';
import { createOccupancy, type ProfileLease } from './occupancy/occupancy.ts';
import { createOpening } from './opening.ts';
import { createRows } from './rows/create-rows.ts';
import type { ProfileRow } from './schema.ts';
import { cookiesIn } from './snapshots/look.ts';
import { createSnapshots } from './snapshots/snapshots.ts';
import type { LastTask, ProfileStore } from './store.ts';
import { createSnapshotStore } from './store-snapshots.ts';

/** What profiles need of proxies. */
export interface ProfileProxies {
  exists(id: ProxyId): boolean;
  /** Where one is now; null when it was deleted. */
  route(id: ProxyId): ProxyRoute | null;
  forwarders: Pick<ProxyForwarders, 'open'> & { openFromPool: OpenFromPool };
  pools: { exists(id: PoolId): boolean };
  exits: Exits;
  traffic: Pick<TrafficBook, 'ofProfile'>;
}

/** What {@link createProfileService} needs. */
export interface ProfileDeps {
  db: Db;
  store: ProfileStore;
  browsers: Browsers;
  clock: Clock;
  log: Logger;
  /** Folder that holds one folder per profile. */
  profilesDir: string;
  tempDir: string;
  /** The ways out of profiles that have a proxy. */
  proxies: ProfileProxies;
  /** Address that one-time addresses begin with. */
  baseUrl: () => string;
  /** Extra launch arguments, for tests. */
  browserArgs: readonly string[];
}

/** What profiles have to do with their ways out; `require` throws `not-found`. */
function createWays(proxies: ProfileProxies, require: (id: ProfileId) => ProfileRow) {
  return {
    /** What a task remembers of a profile. @throws AppError `not-found` */
    snapshot(id: ProfileId): ProfileSnapshot {
      const row = require(id);
      return snapshotOf(row, row.proxy_id === null ? null : proxies.route(row.proxy_id));
    },
    /** Where a proxy is now. @throws AppError `not-found` */
    proxyRoute(id: ProxyId): ProxyRoute {
      const route = proxies.route(id);
      if (route === null) throw notFound('proxy', id);
      return route;
    },
    /** What it sent and received through its proxies. @throws AppError `not-found` */
    traffic(id: ProfileId) {
      const { proxy_id, pool_id, traffic_budget } = require(id);
      return proxies.traffic.ofProfile(id, traffic_budget, proxy_id !== null || pool_id !== null);
    },
    exit: (id: ProfileId) => proxies.exits.of(require(id)),
    acceptExit: (id: ProfileId, ip: string) => proxies.exits.accept(require(id), ip),
    renewExit: (id: ProfileId) => proxies.exits.renew(require(id)),
  };
}

/** Creates the service. */
export function createProfileService(deps: ProfileDeps) {
  const { db, store, browsers, clock, log, profilesDir, tempDir, proxies } = deps;

  const require = (id: ProfileId): ProfileRow => {
    const row = store.get(id);
    if (!row) throw notFound('profile', id);
    return row;
  };
  const persistentDir = (id: ProfileId) => entryOf(profilesDir, id);
  const dirOf = (row: ProfileRow) =>
    row.storage === 'ephemeral' ? entryOf(tempDir, EPHEMERAL_PREFIX + row.id) : persistentDir(row.id);
  const occupancy = createOccupancy({ store, clock, log, profilesDir, dirOf });
  const { leases, locks, states, acquire } = occupancy;
  const viewWith = (row: ProfileRow, lock: ChromeLock, last: LastTask | undefined): Profile =>
    toProfile(row, { state: states.of(row.id, lock), holder: states.holder(row, lock) }, last);
  const view = (row: ProfileRow): Profile =>
    recordOf(Profile, () => viewWith(row, locks.read(row.id, dirOf(row)), store.lastTasks([row.id]).get(row.id)));
  const hold = (id: ProfileId, holder: Holder): ProfileLease => acquire(require(id), holder);
  const ways = createWays(proxies, require);
  const { snapshot } = ways;
  const plan = createPlanner({
    browsers,
    browserArgs: deps.browserArgs,
    hold,
    snapshot,
    budget: (id) => require(id).traffic_budget,
    judge:
      (id, { locale, timezone }) =>
      (exit) =>
        proxies.exits.judge({ ...require(id), locale, timezone }, exit),
    openProxy: proxies.forwarders.open,
    openPool: proxies.forwarders.openFromPool,
  });
  const manual = createManualBrowsers({ states, plan, tempDir, log, closed: (id) => snapshots.afterStop(id) });

  const editing = createEditing({ store, clock, leases, require, view, proxies });
  const visit = createVisits(manual, { require, isHeld: (id) => Boolean(leases.holder(id)) });
  const cookies = createCookieDesk({ visit, clock });
  const snapshots = createSnapshots({
    ...{ clock, log, require, hold, view, dirOf: persistentDir, announce: store.announce },
    isKnown: (id) => (store.get(id) ?? store.getDeleted(id)) !== undefined,
    store: createSnapshotStore(db),
    dir: path.join(path.dirname(profilesDir), 'profile-snapshots'),
    cookiesOf: async (id) => (await cookies.get(id, 'json', undefined)).cookies,
    cookiesIn: async (id, dir) =>
      cookiesIn(dir, { executable: await browsers.executableFor(snapshot(id)), args: deps.browserArgs, tempDir }),
  });

  return {
    ...editing,
    createRows: createRows({ require, ...editing }),
    ...createCopies({ store, require, hold, editing, dirOf: persistentDir, placeFor: snapshots.placeFor }),
    ...createRelay({ clock, manual, baseUrl: deps.baseUrl, require }),
    ...createOpening({ leases, states, manual, require, view, dirOf }),
    get: (id: ProfileId) => view(require(id)),
    cookies,
    snapshots,
    archives: createArchiveAccess({ ...deps, require, dirOf: persistentDir, snapshots }),
    ...ways,
    ...createListing({ db, store, locks, states, viewWith, dirOf }),
    /**
     * Takes a profile, or makes a temporary one for `null`, to start a browser with it.
     * @throws AppError `conflict` with `holder`, `profile-locked`, `browser-not-found`, `not-found`; the profile is then free again
     */
    plan,
    /** Takes a profile without a browser. @throws AppError `conflict` with `holder`, `profile-locked`, `not-found` */
    hold,
    name: (id: string): string | null => store.get(id as ProfileId)?.name ?? null,
    /** Profiles that are in use. */
    busy: (): ReadonlySet<ProfileId> => new Set(leases.held()),
    onFree: leases.onFree,
    running: () => leases.held().length,
    folder: (id: ProfileId): string => dirOf(require(id)),
    ...createHousekeeping({ store, log, profilesDir, tempDir, dirOf: persistentDir, manual, occupancy, snapshots }),
  };
}
export type ProfileService = ReturnType<typeof createProfileService>;

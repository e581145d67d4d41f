/** Rules of profiles: editing, exclusive use, opening and closing browsers. */
import path from 'node:path';
import type { Profile, ProfileCreate, ProfileSnapshot } from '../../../contract/automation/profiles.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { type Clock, iso, isoOrNull } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import type { Logger } from '../../core/log/logger.ts';
import { type Changes, checkVersion, notFound } from '../../core/operation/versioned.ts';
import type { Browsers } from './browsers.ts';
import { removeChromeLock } from './chrome-lock.ts';
import { removeFolder } from './folders.ts';
import { type LaunchedBrowser, launchBrowser } from './launcher.ts';
import { DEFAULTS_WHEN_NULL, rowMembers, snapshotOf, wireOf } from './mapping.ts';
import { createOccupancy, type ProfileLease } from './occupancy.ts';
import { createPlanner, type Holder } from './plan.ts';
import type { ProfileRow } from './schema.ts';
import type { ProfileListInput, ProfileStore } from './store.ts';

/** What {@link createProfileService} needs. */
export interface ProfileDeps {
  store: ProfileStore;
  browsers: Browsers;
  clock: Clock;
  log: Logger;
  /** Folder that holds one folder per profile. */
  profilesDir: string;
  tempDir: string;
  /** Further browser switches, for tests. */
  browserArgs: readonly string[];
}

/** Members an update may carry. */
export type ProfilePatch = Changes<{ [K in keyof ProfileCreate]?: ProfileCreate[K] | null }>;

const STOP_DEADLINE_MS = 10_000;

/** Creates the service. */
export function createProfileService(deps: ProfileDeps) {
  const { store, browsers, clock, log, profilesDir } = deps;
  const open = new Map<ProfileId, LaunchedBrowser>();

  const require = (id: ProfileId): ProfileRow => {
    const row = store.get(id);
    if (!row) throw notFound('profile', id);
    return row;
  };
  const persistentDir = (id: ProfileId) => path.join(profilesDir, id);
  const dirOf = (row: ProfileRow) =>
    row.storage === 'ephemeral' ? path.join(deps.tempDir, `profile-${row.id}`) : persistentDir(row.id);
  const { leases, locks, states, acquire } = createOccupancy({ store, clock, log, profilesDir, dirOf });
  const hold = (id: ProfileId, holder: Holder): ProfileLease => acquire(require(id), holder);
  const snapshot = (id: ProfileId): ProfileSnapshot => snapshotOf(require(id));
  const plan = createPlanner({ browsers, browserArgs: deps.browserArgs, hold, snapshot });

  function view(row: ProfileRow, lock = locks.read(row.id, dirOf(row))): Profile {
    return {
      ...snapshotOf(row),
      color: row.color,
      group: row.group,
      tags: row.tags,
      notes: row.notes,
      number: row.number,
      proxy_id: row.proxyId,
      extensions: row.extensions,
      state: states.of(row.id, lock),
      holder: states.holder(row, lock),
      size_bytes: row.sizeBytes,
      last_started_at: isoOrNull(row.lastStartedAt),
      created_at: iso(row.createdAt),
      updated_at: iso(row.updatedAt),
    };
  }

  async function start(
    id: ProfileId,
    options: { headless: boolean; urls?: readonly string[] | undefined },
  ): Promise<Profile> {
    const { headless, urls } = options;
    const launch = await plan(id, { kind: 'manual', id: 'manual' }, { headless, tempDir: deps.tempDir });
    try {
      const browser = await launchBrowser(launch, urls ?? launch.settings?.start_urls ?? []);
      open.set(id, browser);
      states.set(id, 'running');
      void browser.exited.then(async ({ clean }) => {
        open.delete(id);
        if (!clean) states.crashed(id);
        await launch.release();
      });
    } catch (error) {
      await launch.release();
      throw error;
    }
    return view(require(id));
  }

  async function stop(id: ProfileId, force: boolean): Promise<Profile> {
    const row = require(id);
    const browser = open.get(id);
    const holder = leases.holder(id);
    if (browser) {
      states.set(id, 'stopping');
      await browser.close(force ? 0 : STOP_DEADLINE_MS);
    } else if (holder?.kind === 'task') {
      throw new AppError('conflict', `The profile is in use by ${holder.id}; cancel that task instead.`, {
        extra: { holder },
      });
    }
    return view(row);
  }

  return {
    create(input: ProfileCreate): Profile {
      const now = clock.now();
      const row = store.insert({
        ...rowMembers(input),
        id: newId('profile'),
        proxyId: null,
        extensions: [],
        sizeBytes: 0,
        lastStartedAt: null,
        createdAt: now,
        updatedAt: now,
        version: 1,
        deletedAt: null,
      });
      return view(row);
    },
    update(
      id: ProfileId,
      patch: ProfilePatch,
      expected: { body?: number | undefined; ifMatch?: number | undefined },
    ): Profile {
      const row = require(id);
      checkVersion(row.version, expected.body, expected.ifMatch);
      const cleared = {
        ...patch,
        ...Object.fromEntries(
          Object.entries(DEFAULTS_WHEN_NULL).filter(([key]) => patch[key as keyof ProfilePatch] === null),
        ),
      };
      const next = {
        ...row,
        ...rowMembers({ ...wireOf(row), ...(cleared as Partial<ProfileCreate>) }),
        updatedAt: clock.now(),
        version: row.version + 1,
      };
      store.save(next, 'profile.updated');
      return view(next);
    },
    get: (id: ProfileId) => view(require(id)),
    /** Reads no file and asks the database for the page only, whatever the filter. */
    async list(input: ProfileListInput): Promise<Page<Profile>> {
      await locks.ready();
      const page = store.list(input, states.inState([input.state ?? []].flat()));
      return { ...page, items: page.items.map((row) => view(row, locks.get(row.id))) };
    },
    remove(id: ProfileId): void {
      const row = require(id);
      const holder = leases.holder(id);
      if (holder)
        throw new AppError('conflict', `The profile ${row.name} is in use; stop it first.`, { extra: { holder } });
      store.save(
        { ...row, deletedAt: clock.now(), updatedAt: clock.now(), version: row.version + 1 },
        'profile.deleted',
      );
    },
    restore(id: ProfileId): Profile {
      const row = store.getDeleted(id);
      if (!row) throw notFound('deleted profile', id);
      const next = { ...row, deletedAt: null, updatedAt: clock.now(), version: row.version + 1 };
      store.save(next, 'profile.created');
      return view(next);
    },
    unlock(id: ProfileId): Profile {
      const row = require(id);
      if (leases.holder(id) || !removeChromeLock(dirOf(row))) {
        throw new AppError('conflict', `A running browser holds ${row.name}; close it instead.`, {
          extra: { holder: states.holder(row) },
        });
      }
      states.set(id, 'stopped');
      return view(row);
    },
    start,
    stop,
    /**
     * Takes a profile, or makes a temporary one for `null`, to start a browser with it.
     * @throws AppError `conflict` with `holder`, `profile-locked`, `browser-not-found`, `not-found`; the profile is then free again
     */
    plan,
    /** Takes a profile without a browser. @throws AppError `conflict` with `holder`, `profile-locked`, `not-found` */
    hold,
    /** What a task remembers of a profile. @throws AppError `not-found` */
    snapshot,
    name: (id: string): string | null => store.get(id as ProfileId)?.name ?? null,
    /** Profiles that somebody holds. */
    busy: (): ReadonlySet<ProfileId> => new Set(leases.held()),
    onFree: leases.onFree,
    running: () => leases.held().length,
    folder: (id: ProfileId): string => dirOf(require(id)),
    /** Closes every browser that was opened by hand. */
    async closeAll(): Promise<void> {
      await Promise.all([...open.values()].map((browser) => browser.close(STOP_DEADLINE_MS)));
    },
    /** Deletes for good what was deleted before `before` (unix ms), with its folder. */
    async purge(before: number): Promise<void> {
      for (const id of store.purgeable(before)) {
        await removeFolder(persistentDir(id));
        store.purge(id);
      }
    },
  };
}
/** Type of {@link createProfileService}. */
export type ProfileService = ReturnType<typeof createProfileService>;

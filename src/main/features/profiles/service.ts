/** Rules of profiles: editing, exclusive use, opening and closing browsers. */
import fs from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../contract/errors.ts';
import type {
  Profile,
  ProfileCreate,
  ProfileHolder,
  ProfileSnapshot,
  ProfileState,
} from '../../../contract/profiles.ts';
import type { ProfileId } from '../../../contract/scalars.ts';
import { type Clock, iso, isoOrNull } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import { type Changes, checkVersion, notFound } from '../../core/versioned.ts';
import type { Browsers } from './browsers.ts';
import { readChromeLock, removeChromeLock } from './chrome-lock.ts';
import { clearCaches, folderBytes, removeFolder } from './folders.ts';
import { type LaunchedBrowser, launchBrowser, manualArgs } from './launcher.ts';
import { createLeases } from './leases.ts';
import { DEFAULTS_WHEN_NULL, rowMembers, snapshotOf, wireOf } from './mapping.ts';
import type { ProfileRow } from './schema.ts';
import type { ProfileFilter, ProfileStore } from './store.ts';

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

/** Exclusive use of a profile and of its folder. */
export interface ProfileLease {
  userDataDir: string;
  /** Gives the profile back; waits until its folder has been tidied. */
  release(): Promise<void>;
}

/** Members an update may carry. */
export type ProfilePatch = Changes<{ [K in keyof ProfileCreate]?: ProfileCreate[K] | null }>;

const STOP_DEADLINE_MS = 10_000;

/** Creates the service. */
export function createProfileService(deps: ProfileDeps) {
  const { store, browsers, clock, log, profilesDir } = deps;
  const leases = createLeases();
  const open = new Map<ProfileId, LaunchedBrowser>();
  const states = new Map<ProfileId, ProfileState>();

  const require = (id: ProfileId): ProfileRow => {
    const row = store.get(id);
    if (!row) throw notFound('profile', id);
    return row;
  };
  const persistentDir = (id: ProfileId) => path.join(profilesDir, id);
  const dirOf = (row: ProfileRow) =>
    row.storage === 'ephemeral' ? path.join(deps.tempDir, `profile-${row.id}`) : persistentDir(row.id);

  function stateOf(row: ProfileRow): ProfileState {
    const held = leases.holder(row.id);
    if (held) return states.get(row.id) ?? 'running';
    const lock = readChromeLock(dirOf(row)).state;
    if (lock === 'live' || lock === 'foreign') return 'locked';
    return states.get(row.id) ?? 'stopped';
  }

  function holderOf(row: ProfileRow): ProfileHolder | null {
    const held = leases.holder(row.id);
    if (held) return held;
    const lock = readChromeLock(dirOf(row));
    if (lock.state === 'live') return { kind: 'foreign', id: `process ${lock.pid}`, since: iso(row.updatedAt) };
    if (lock.state === 'foreign')
      return { kind: 'foreign', id: `${lock.host}, process ${lock.pid}`, since: iso(row.updatedAt) };
    return null;
  }

  function view(row: ProfileRow): Profile {
    return {
      ...snapshotOf(row),
      color: row.color,
      group: row.group,
      tags: row.tags,
      notes: row.notes,
      number: row.number,
      proxy_id: row.proxyId,
      extensions: row.extensions,
      state: stateOf(row),
      holder: holderOf(row),
      size_bytes: row.sizeBytes,
      last_started_at: isoOrNull(row.lastStartedAt),
      created_at: iso(row.createdAt),
      updated_at: iso(row.updatedAt),
    };
  }

  function setState(id: ProfileId, state: ProfileState): void {
    if (state === 'stopped') states.delete(id);
    else states.set(id, state);
    store.announce(id);
  }

  async function tidy(row: ProfileRow, userDataDir: string): Promise<void> {
    if (row.storage === 'ephemeral') return removeFolder(userDataDir);
    if (row.clearCacheOnStop) await clearCaches(userDataDir);
    void folderBytes(userDataDir)
      .then((sizeBytes) => {
        store.note(row.id, { sizeBytes });
        store.announce(row.id);
      })
      .catch((error: unknown) => log.debug('profiles', 'size not measured', { id: row.id, error }));
  }

  /**
   * Takes the profile for a task or a manual start.
   * @throws AppError `conflict` with `holder`, or `profile-locked` when another program has the folder open
   */
  function acquire(id: ProfileId, holder: Omit<ProfileHolder, 'since'>): ProfileLease {
    const row = require(id);
    const userDataDir = dirOf(row);
    const lock = readChromeLock(userDataDir);
    if (!leases.holder(id) && lock.state === 'live') {
      throw new AppError(
        'profile-locked',
        `Another browser (process ${lock.pid}) has the folder of ${row.name} open; close it first.`,
        { extra: { holder: holderOf(row) } },
      );
    }
    if (!leases.holder(id) && lock.state === 'foreign') {
      throw new AppError(
        'profile-locked',
        `The folder of ${row.name} carries a lock of another computer (${lock.host}). If no browser there uses it, unlock the profile.`,
        { extra: { holder: holderOf(row) } },
      );
    }
    leases.take(id, { ...holder, since: iso(clock.now()) });
    fs.mkdirSync(userDataDir, { recursive: true, mode: 0o700 });
    store.note(id, { lastStartedAt: clock.now() });
    setState(id, holder.kind === 'manual' ? 'starting' : 'running');
    let released = false;
    return {
      userDataDir,
      async release() {
        if (released) return;
        released = true;
        await tidy(row, userDataDir).catch((error: unknown) =>
          log.warn('profiles', 'profile folder not tidied', { id, error }),
        );
        if (states.get(id) !== 'crashed') states.delete(id);
        leases.drop(id);
        store.announce(id);
      },
    };
  }

  async function start(
    id: ProfileId,
    options: { headless: boolean; urls?: readonly string[] | undefined },
  ): Promise<Profile> {
    const row = require(id);
    const executable = await browsers.executableFor({ browser: row.browser, executable_path: row.executablePath });
    const lease = acquire(id, { kind: 'manual', id: 'manual' });
    try {
      const env = { ...process.env, ...(row.timezone ? { TZ: row.timezone } : {}) };
      const args = [
        ...manualArgs(snapshotOf(row), lease.userDataDir, options.headless, options.urls ?? row.startUrls),
        ...deps.browserArgs,
      ];
      const browser = await launchBrowser(executable, args, env);
      open.set(id, browser);
      setState(id, 'running');
      void browser.exited.then(async ({ clean }) => {
        open.delete(id);
        if (!clean) states.set(id, 'crashed');
        await lease.release();
      });
    } catch (error) {
      await lease.release();
      throw error;
    }
    return view(require(id));
  }

  async function stop(id: ProfileId, force: boolean): Promise<Profile> {
    const row = require(id);
    const browser = open.get(id);
    const holder = leases.holder(id);
    if (browser) {
      setState(id, 'stopping');
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
        id: newId('profile') as ProfileId,
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
    list(query: Parameters<ProfileStore['list']>[0], filter: ProfileFilter) {
      const page = store.list(query, { ...filter, ids: filter.state && idsInState(filter.state) });
      return { ...page, items: page.items.map(view) };
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
          extra: { holder: holderOf(row) },
        });
      }
      setState(id, 'stopped');
      return view(row);
    },
    start,
    stop,
    acquire,
    /** What a task remembers of a profile. @throws AppError `not-found` */
    snapshot: (id: ProfileId): ProfileSnapshot => snapshotOf(require(id)),
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

  /** States are not in the database: translate a state filter into ids. */
  function idsInState(wanted: string[]): { in: ProfileId[] } | { notIn: ProfileId[] } {
    const all = store.allIds();
    const inState = all.filter((id) => {
      const row = store.get(id);
      return row !== undefined && wanted.includes(stateOf(row));
    });
    return inState.length * 2 > all.length ? { notIn: all.filter((id) => !inState.includes(id)) } : { in: inState };
  }
}
/** Type of {@link createProfileService}. */
export type ProfileService = ReturnType<typeof createProfileService>;

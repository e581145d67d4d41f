/** A ring of earlier states of each profile: copied when its browser is closed by hand, without caches. */
import type { Cookie } from '../../../../contract/automation/profile/cookies.ts';
import {
  ProfileSnapshotInfo,
  type SnapshotDiff,
  type SnapshotId,
} from '../../../../contract/automation/profile/snapshots.ts';
import type { Profile } from '../../../../contract/automation/profiles.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import { iso } from '../../../core/clock.ts';
import { recordOf } from '../../../core/db/index.ts';
import type { Logger } from '../../../core/log/logger.ts';
import { notFound } from '../../../core/operation/versioned.ts';
import { placeOf } from '../cookies/rules.ts';
import { folderBytes } from '../folders.ts';
import type { ProfileLease } from '../occupancy/occupancy.ts';
import type { ProfileRow, SnapshotRow } from '../schema.ts';
import { createRing, type RingDeps } from './ring.ts';

/** A larger profile is not copied when it is closed: the operator would wait for it. */
const MAX_BYTES_ON_STOP = 256 * 1024 * 1024;
/** What it takes to have a profile to oneself. */
interface AloneDeps {
  /** @throws AppError `not-found` */
  require(id: ProfileId): ProfileRow;
  /** @throws AppError `conflict` with `holder`, `profile-locked` */
  hold(id: ProfileId, holder: { kind: 'manual'; id: string }): ProfileLease;
}

/** @returns works on the folder of a profile while nobody else does */
function createAlone({ require, hold }: AloneDeps) {
  /** @throws AppError `invalid-state` for a profile that keeps nothing */
  return async <T>(id: ProfileId, work: (row: ProfileRow) => Promise<T>): Promise<T> => {
    const row = require(id);
    if (row.storage === 'ephemeral') {
      throw new AppError('invalid-state', `${row.name} keeps nothing, so there is nothing to go back to.`, {
        extra: { expected: 'persistent', actual: 'ephemeral' },
      });
    }
    const lease = hold(id, { kind: 'manual', id: 'snapshot' });
    try {
      return await work(row);
    } finally {
      await lease.release();
    }
  };
}

/** Puts a folder in the place of a profile's, which becomes a snapshot. */
async function exchange(ring: ReturnType<typeof createRing>, id: ProfileId, fresh: string): Promise<void> {
  try {
    await ring.take(id, 'restore');
    await ring.replace(id, fresh);
  } finally {
    await ring.discard(fresh);
  }
}

/** Creates the operations. */
export function createSnapshots(
  deps: RingDeps &
    AloneDeps & {
      log: Logger;
      view(row: ProfileRow): Profile;
      /** Cookies in a folder like that of the profile. */
      cookiesIn(id: ProfileId, userDataDir: string): Promise<Cookie[]>;
      /** Cookies of the profile now. */
      cookiesOf(id: ProfileId): Promise<Cookie[]>;
    },
) {
  const { store, log, require, dirOf } = deps;
  const info = (row: SnapshotRow) => recordOf(ProfileSnapshotInfo, () => ({ ...row, created_at: iso(row.created_at) }));
  const requireSnapshot = (profile: ProfileId, id: SnapshotId): SnapshotRow => {
    const row = store.get(require(profile).id, id);
    if (!row) throw notFound('snapshot', id);
    return row;
  };
  const ring = createRing(deps);

  const alone = createAlone(deps);

  return {
    /** Newest first. @throws AppError `not-found` */
    list: (id: ProfileId) => ({ items: store.of(require(id).id).map(info) }),
    /** @throws AppError `not-found`, `conflict` with `holder`, `profile-locked`, `invalid-state` */
    create: (id: ProfileId) => alone(id, async () => info(await ring.take(id, 'manual'))),
    /** What is there now becomes a snapshot itself. @throws AppError as `create`, and `not-found` for the snapshot */
    async restore(id: ProfileId, snapshot: SnapshotId): Promise<Profile> {
      requireSnapshot(id, snapshot);
      // The ring may let go of the very one that is wanted: it is copied first.
      await alone(id, async () => exchange(ring, id, await ring.copyOf(snapshot, id)));
      log.info('profiles', 'An earlier state of a profile was brought back', { profile_id: id, snapshot_id: snapshot });
      return deps.view(require(id));
    },
    /** Puts another folder in the place of a profile's own, which becomes a snapshot. @throws AppError as `create` */
    replace: (id: ProfileId, folder: string): Promise<void> =>
      alone(id, async () => exchange(ring, id, await ring.adopted(folder, id))),
    /** Compares cookies by their places. @throws AppError `not-found`, `conflict`, `browser-failed` */
    async diff(id: ProfileId, snapshot: SnapshotId): Promise<SnapshotDiff> {
      requireSnapshot(id, snapshot);
      const copy = await ring.copyOf(snapshot, id);
      const then = await deps.cookiesIn(id, copy).finally(() => ring.discard(copy));
      return compared(then, await deps.cookiesOf(id));
    },
    /** @throws AppError `not-found` */
    async delete(id: ProfileId, snapshot: SnapshotId) {
      await ring.remove(requireSnapshot(id, snapshot).id);
      deps.announce(id);
      return { id: snapshot, deleted: true as const };
    },
    /** Keeps the state of a profile whose browser was closed; never throws. */
    async afterStop(id: ProfileId): Promise<void> {
      try {
        const { storage } = require(id);
        if (storage === 'ephemeral' || (await folderBytes(dirOf(id))) > MAX_BYTES_ON_STOP) return;
        await ring.take(id, 'stop');
      } catch (error) {
        log.warn('profiles', 'the state of a profile was not kept', { profile_id: id, error });
      }
    },
    placeFor: ring.placeFor,
    forget: ring.forget,
    startUp: ring.startUp,
  };
}
export type Snapshots = ReturnType<typeof createSnapshots>;

function compared(then: readonly Cookie[], now: readonly Cookie[]): SnapshotDiff {
  const before = new Map(then.map((cookie) => [placeOf(cookie), cookie]));
  const after = new Map(now.map((cookie) => [placeOf(cookie), cookie]));
  const told = (cookies: readonly Cookie[]) => cookies.map(({ domain, name, path }) => ({ domain, name, path }));
  return {
    gone: told(then.filter((cookie) => !after.has(placeOf(cookie)))),
    added: told(now.filter((cookie) => !before.has(placeOf(cookie)))),
    changed: told(now.filter((cookie) => (before.get(placeOf(cookie))?.value ?? cookie.value) !== cookie.value)),
  };
}

/** The only SQL of snapshots of profiles. */
import { and, desc, eq } from 'drizzle-orm';
import type { SnapshotId } from '../../../contract/automation/profile/snapshots.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import type { Db } from '../../core/db/index.ts';
import { profileSnapshot, type SnapshotRow } from './schema.ts';

/** Creates the store. */
export function createSnapshotStore({ orm }: Db) {
  return {
    insert: (row: SnapshotRow): void => void orm.insert(profileSnapshot).values(row).run(),
    get: (profile: ProfileId, id: SnapshotId): SnapshotRow | undefined =>
      orm
        .select()
        .from(profileSnapshot)
        .where(and(eq(profileSnapshot.profile_id, profile), eq(profileSnapshot.id, id)))
        .get(),
    /** Newest first. */
    of: (profile: ProfileId): SnapshotRow[] =>
      orm
        .select()
        .from(profileSnapshot)
        .where(eq(profileSnapshot.profile_id, profile))
        .orderBy(desc(profileSnapshot.created_at), desc(profileSnapshot.id))
        .all(),
    /** Ids of all profiles' snapshots. */
    all: (): SnapshotId[] =>
      orm
        .select({ id: profileSnapshot.id })
        .from(profileSnapshot)
        .all()
        .map(({ id }) => id),
    remove: (id: SnapshotId): void => void orm.delete(profileSnapshot).where(eq(profileSnapshot.id, id)).run(),
  };
}
export type SnapshotStore = ReturnType<typeof createSnapshotStore>;

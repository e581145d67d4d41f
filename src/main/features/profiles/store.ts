/** The only SQL of profiles. */
import { and, eq, inArray, isNotNull, isNull, lt, max, notInArray } from 'drizzle-orm';
import { profileRecord } from '../../../contract/automation/profiles.ts';
import type { FilterValues } from '../../../contract/kernel/filters.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { type Db, type ListInput, type ListSpec, listPage, matchingIds } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import { type ProfileRow, profile } from './schema.ts';

/** The filters of a list of profiles. */
export type ProfileFilter = FilterValues<typeof profileRecord.filters>;
/** What a list of profiles is asked for. */
export type ProfileListInput = ListInput<typeof profileRecord.filters>;
/** Profiles in some states, which are not in the database: these and no others, or all but these. */
export type InState = { in: ProfileId[] } | { notIn: ProfileId[] };

/** `inState` tells which profiles are in the states that the list is filtered by. */
const spec = (inState: InState, deleted: boolean): ListSpec<typeof profile, typeof profileRecord> => ({
  table: profile,
  sortable: {
    created_at: profile.created_at,
    updated_at: profile.updated_at,
    name: profile.name,
    number: profile.number,
    size_bytes: profile.size_bytes,
  },
  id: profile.id,
  where: deleted ? isNotNull(profile.deleted_at) : isNull(profile.deleted_at),
  record: profileRecord,
  sources: {
    name: profile.name,
    notes: profile.notes,
    tags: { column: profile.tags, elements: true },
    group: profile.group,
    state: () => ('in' in inState ? inArray(profile.id, inState.in) : notInArray(profile.id, inState.notIn)),
  },
});

/** Creates the store. */
export function createProfileStore(db: Db, events: Events) {
  const { orm } = db;

  const touch = (
    type: 'profile.created' | 'profile.updated' | 'profile.deleted',
    id: ProfileId,
    version: number | null,
  ) => events.append({ type, entity: 'profile', id, version });

  return {
    /** Inserts a profile under the next free number. */
    insert(row: Omit<ProfileRow, 'number'>): ProfileRow {
      return db.transaction(() => {
        const last =
          orm
            .select({ n: max(profile.number) })
            .from(profile)
            .get()?.n ?? 0;
        const full = { ...row, number: last + 1 };
        orm.insert(profile).values(full).run();
        touch('profile.created', row.id, row.version);
        return full;
      });
    },
    save(row: ProfileRow, type: 'profile.created' | 'profile.updated' | 'profile.deleted'): void {
      db.transaction(() => {
        orm.update(profile).set(row).where(eq(profile.id, row.id)).run();
        touch(type, row.id, row.version);
      });
    },
    /** Records facts of a run, which are not edits: the version stays. */
    note(id: ProfileId, facts: Partial<Pick<ProfileRow, 'size_bytes' | 'last_started_at'>>): void {
      orm.update(profile).set(facts).where(eq(profile.id, id)).run();
    },
    /** Tells subscribers that the state of a profile changed. */
    announce(id: ProfileId): void {
      touch('profile.updated', id, null);
    },
    get: (id: ProfileId): ProfileRow | undefined =>
      orm
        .select()
        .from(profile)
        .where(and(eq(profile.id, id), isNull(profile.deleted_at)))
        .get(),
    getDeleted: (id: ProfileId): ProfileRow | undefined =>
      orm
        .select()
        .from(profile)
        .where(and(eq(profile.id, id), isNotNull(profile.deleted_at)))
        .get(),
    list: (query: ProfileListInput, inState: InState): Page<ProfileRow> => listPage(db, query, spec(inState, false)),
    /** Ids of all profiles that match, oldest first; of the deleted ones or of the others. */
    matching: (filter: ProfileFilter, inState: InState, deleted: boolean): string[] =>
      matchingIds(db, filter, spec(inState, deleted)),
    /** Profiles deleted before `before` (unix ms). */
    purgeable: (before: number): ProfileId[] =>
      orm
        .select({ id: profile.id })
        .from(profile)
        .where(and(isNotNull(profile.deleted_at), lt(profile.deleted_at, before)))
        .all()
        .map((row) => row.id),
    purge: (id: ProfileId): void => void orm.delete(profile).where(eq(profile.id, id)).run(),
  };
}
export type ProfileStore = ReturnType<typeof createProfileStore>;

/** The only SQL of profiles. */
import { and, eq, inArray, isNotNull, isNull, like, lt, max, or, sql } from 'drizzle-orm';
import type { Page } from '../../../contract/kernel/paging.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { type Db, type ListQuery, listPage } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import { type ProfileRow, profile } from './schema.ts';

/** Filters of the list; `ids` narrows to a state that only the service knows. */
export interface ProfileFilter {
  q?: string | undefined;
  group?: string[] | undefined;
  tag?: string[] | undefined;
  state?: string[] | undefined;
  ids?: { in: ProfileId[] } | { notIn: ProfileId[] } | undefined;
}

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
    note(id: ProfileId, facts: Partial<Pick<ProfileRow, 'sizeBytes' | 'lastStartedAt'>>): void {
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
        .where(and(eq(profile.id, id), isNull(profile.deletedAt)))
        .get(),
    getDeleted: (id: ProfileId): ProfileRow | undefined =>
      orm
        .select()
        .from(profile)
        .where(and(eq(profile.id, id), isNotNull(profile.deletedAt)))
        .get(),
    allIds: (): ProfileId[] =>
      orm
        .select({ id: profile.id })
        .from(profile)
        .all()
        .map((row) => row.id),
    list(query: ListQuery, filter: ProfileFilter): Page<ProfileRow> {
      const pattern = filter.q === undefined ? undefined : `%${filter.q.replaceAll(/[%_\\]/g, '\\$&')}%`;
      return listPage<ProfileRow>(db, query, {
        table: profile,
        sortable: {
          created_at: profile.createdAt,
          updated_at: profile.updatedAt,
          name: profile.name,
          number: profile.number,
          size_bytes: profile.sizeBytes,
        },
        id: profile.id,
        filter: { ...filter, ids: undefined },
        where: [
          isNull(profile.deletedAt),
          pattern === undefined
            ? undefined
            : or(like(profile.name, pattern), like(profile.notes, pattern), like(profile.tags, pattern)),
          filter.group && inArray(profile.group, filter.group),
          filter.tag &&
            sql`EXISTS (SELECT 1 FROM json_each(${profile.tags}) WHERE value IN (${sql.join(
              filter.tag.map((tag) => sql`${tag}`),
              sql`, `,
            )}))`,
          filter.ids &&
            ('in' in filter.ids ? inArray(profile.id, filter.ids.in) : sql`${profile.id} NOT IN ${filter.ids.notIn}`),
        ],
        map: (row) => row as ProfileRow,
      });
    },
    /** Profiles deleted before `before` (unix ms). */
    purgeable: (before: number): ProfileId[] =>
      orm
        .select({ id: profile.id })
        .from(profile)
        .where(and(isNotNull(profile.deletedAt), lt(profile.deletedAt, before)))
        .all()
        .map((row) => row.id),
    purge: (id: ProfileId): void => void orm.delete(profile).where(eq(profile.id, id)).run(),
  };
}
/** Type of {@link createProfileStore}. */
export type ProfileStore = ReturnType<typeof createProfileStore>;

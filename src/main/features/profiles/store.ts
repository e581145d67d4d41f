/** The only SQL of profiles. */
import { and, eq, inArray, isNotNull, isNull, lt, max, notInArray, type SQL, sql } from 'drizzle-orm';
import {
  type ProfileHolder,
  type ProfileState,
  profileRecord,
  STATE_ORDER,
} from '../../../contract/automation/profiles.ts';
import type { FilterValues } from '../../../contract/kernel/filters.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { naturalKey } from '../../../contract/kernel/text/natural-key.ts';
import { type Db, type ListInput, type ListSpec, listPage, matchingIds, rowById } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import { type ProfileRow, profile } from './schema.ts';

/** The filters of a list of profiles. */
export type ProfileFilter = FilterValues<typeof profileRecord.filters>;
/** The last task of a profile, for its list. */
export interface LastTask {
  id: string;
  status: string;
  at: number;
}
/** What a list of profiles is asked for. */
export type ProfileListInput = ListInput<typeof profileRecord.filters>;
/**
 * The states of profiles, which are not in the database: those in the states that a list is filtered by, which are these and no others or all
 * but these; and the state of each that is not stopped.
 */
export type States = ({ in: ProfileId[] } | { notIn: ProfileId[] }) & { states: ReadonlyMap<ProfileId, ProfileState> };

/** Place of a profile in the order of states. A bare number would name a column. */
function placeOf(states: States['states']): SQL {
  const places = [...states].map(([id, state]) => sql`WHEN ${profile.id} = ${id} THEN ${STATE_ORDER.indexOf(state)}`);
  return sql`CASE WHEN 0 THEN 0 ${sql.join(places, sql` `)} ELSE ${STATE_ORDER.indexOf('stopped')} END`;
}

const spec = (inState: States, deleted: boolean): ListSpec<typeof profile, typeof profileRecord> => ({
  table: profile,
  sortable: {
    created_at: profile.created_at,
    updated_at: profile.updated_at,
    name: profile.name_key,
    number: profile.number,
    size_bytes: profile.size_bytes,
    group: profile.group,
    browser: profile.browser,
    locale: profile.locale,
    last_started_at: profile.last_started_at,
    state: {
      expression: placeOf(inState.states),
      of: ({ id }) => STATE_ORDER.indexOf(inState.states.get(id) ?? 'stopped'),
    },
  },
  id: profile.id,
  where: deleted ? isNotNull(profile.deleted_at) : isNull(profile.deleted_at),
  record: profileRecord,
  sources: {
    name: profile.name,
    notes: profile.notes,
    tags: { column: profile.tags, elements: true },
    group: profile.group,
    proxy_id: profile.proxy_id,
    pool_id: profile.pool_id,
    state: () => ('in' in inState ? inArray(profile.id, inState.in) : notInArray(profile.id, inState.notIn)),
  },
});

const keyed = (row: ProfileRow) => ({ ...row, name_key: naturalKey(row.name) });

const namedIn = ({ orm }: Db, name: string): ProfileId[] =>
  orm
    .select({ id: profile.id })
    .from(profile)
    .where(and(eq(profile.name, name), isNull(profile.deleted_at)))
    .orderBy(profile.created_at, profile.id)
    .all()
    .map((row) => row.id);

/** Creates the store. */
export function createProfileStore(db: Db, events: Events) {
  const { orm } = db;
  // Reads the tasks table by its index (profile_id, created_at): one row per profile.
  const lastTasks = db.raw.prepare<[string], LastTask & { profile_id: ProfileId }>(
    `SELECT profile_id, id, status, coalesce(finished_at, started_at, created_at) AS at FROM task WHERE id IN (
       SELECT (SELECT id FROM task WHERE profile_id = value ORDER BY created_at DESC, id DESC LIMIT 1) FROM json_each(?))`,
  );

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
        orm.insert(profile).values(keyed(full)).run();
        touch('profile.created', row.id, row.version);
        return full;
      });
    },
    save(row: ProfileRow, type: 'profile.created' | 'profile.updated' | 'profile.deleted'): void {
      db.transaction(() => {
        orm.update(profile).set(keyed(row)).where(eq(profile.id, row.id)).run();
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
    /** Tells what became of the browser of a profile, to those that wait for it. */
    tell(id: ProfileId, what: 'started' | 'stopped' | 'crashed', holder: Omit<ProfileHolder, 'since'> | null): void {
      const found = orm.select({ name: profile.name }).from(profile).where(eq(profile.id, id)).get();
      const data = { name: found?.name ?? null, task_id: holder?.kind === 'task' ? holder.id : null };
      events.append({ type: `profile.${what}`, entity: 'profile', id, data });
    },
    lastTasks: (ids: readonly ProfileId[]): ReadonlyMap<ProfileId, LastTask> =>
      new Map(lastTasks.all(JSON.stringify(ids)).map(({ profile_id, ...task }) => [profile_id, task])),
    get: rowById(db, profile, isNull(profile.deleted_at)),
    getDeleted: rowById(db, profile, isNotNull(profile.deleted_at)),
    /** Profiles of exactly this name, oldest first. */
    named: (name: string): ProfileId[] => namedIn(db, name),
    list: (query: ProfileListInput, inState: States): Page<ProfileRow> => listPage(db, query, spec(inState, false)),
    /** Ids of all profiles that match, oldest first; of the deleted ones or of the others. */
    matching: (filter: ProfileFilter, inState: States, deleted: boolean): string[] =>
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

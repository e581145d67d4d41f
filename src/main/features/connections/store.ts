/** The only SQL of API keys and panel sessions. */
import { and, eq, getTableColumns, isNull, lt, or } from 'drizzle-orm';
import { z } from 'zod';
import { ApiKey, keyRecord } from '../../../contract/host/access.ts';
import type { Area, Scope } from '../../../contract/kernel/define.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import { naturalKey } from '../../../contract/kernel/text/natural-key.ts';
import { iso, isoOrNull } from '../../core/clock.ts';
import { type Db, type ListInput, listPage, readableRows, recordsOf } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import { wireMembers } from '../../core/operation/values.ts';
import { apiKey, panelSession } from './schema.ts';

/** One key with what checks it; the store adds what it is ordered by. */
export type KeyRow = Omit<typeof apiKey.$inferSelect, 'name_key'>;
/** One signed-in browser. */
export type SessionRow = typeof panelSession.$inferSelect;

/** What a list of keys is asked for. */
export type KeyListInput = ListInput<typeof keyRecord.filters>;

/** What an update may change. */
export interface KeyPatch {
  name?: string;
  scopes?: Scope[];
  areas?: Area[];
  rate_multiplier?: number;
  expires_at?: number | null;
}

/** Reads and writes keys and sessions. */
export interface ConnectionsStore {
  keys(): KeyRow[];
  listKeys(query: KeyListInput): Page<ApiKey>;
  insertKey(row: KeyRow): void;
  /** Changes a key and raises its version; undefined when there is none. */
  updateKey(id: string, patch: KeyPatch, at: number): KeyRow | undefined;
  deleteKey(id: string, at: number): boolean;
  touchKeys(used: ReadonlyMap<string, number>): void;
  /** Tells that keys were used. */
  announceUses(ids: Iterable<string>): void;
  sessions(): SessionRow[];
  session(id: string): SessionRow | undefined;
  insertSession(row: SessionRow): void;
  touchSession(id: string, at: number): void;
  deleteSession(id: string): void;
  /** {@link deleteSession} of one that is over anyway. */
  dropExpired(id: string): void;
  pruneSessions(now: number, idleBefore: number): void;
  /** Appends the event of an opened or closed connection. A socket that closes after the host has stopped appends none. */
  announce(type: 'connection.created' | 'connection.deleted', id: string): void;
}

/** The wire form of a key. */
export function toApiKey(row: KeyRow): ApiKey {
  return {
    ...wireMembers(ApiKey, row),
    id: row.id as ApiKey['id'],
    expires_at: isoOrNull(row.expires_at),
    last_used_at: isoOrNull(row.last_used_at),
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  };
}

const keyed = (row: KeyRow) => ({ ...row, name_key: naturalKey(row.name) });

/** What a key must be to check callers with it. */
const StoredKey = z.object({
  ...ApiKey.pick({ id: true, name: true, prefix: true, scopes: true, areas: true, rate_multiplier: true }).shape,
  hash: z.instanceof(Buffer).refine(({ length }) => length === 32),
  expires_at: z.number().nullable(),
});

/** Creates the store; each change of a key writes its event in the same transaction. */
export function createConnectionsStore(db: Db, events: Events): ConnectionsStore {
  return {
    announce(type, id) {
      if (db.raw.open) db.bestEffort(() => void events.append({ type, entity: 'connection', id }));
    },
    ...createKeyStore(db, events),
    ...createSessionStore(db),
  };
}

function createKeyStore(db: Db, events: Events) {
  const { orm } = db;
  const live = isNull(apiKey.deleted_at);
  return {
    keys() {
      const rows = readableRows(db, 'api_key', { table: apiKey, id: apiKey.id, where: live, order: [] });
      // A damaged key opens nothing.
      return recordsOf(db, 'api_key', StoredKey, rows, (row) => row);
    },
    listKeys(query) {
      const page = listPage(db, query, {
        table: apiKey,
        sortable: { ...getTableColumns(apiKey), name: apiKey.name_key },
        id: apiKey.id,
        where: live,
        record: keyRecord,
        sources: { name: apiKey.name, prefix: apiKey.prefix },
      });
      return { ...page, items: recordsOf(db, 'api_key', ApiKey, page.items, toApiKey) };
    },
    insertKey: (row) =>
      db.transaction(() => {
        orm.insert(apiKey).values(keyed(row)).run();
        events.append({ type: 'key.created', entity: 'key', id: row.id, version: row.version });
      }),
    updateKey: (id, patch, at) =>
      db.transaction(() => {
        const current = orm
          .select()
          .from(apiKey)
          .where(and(eq(apiKey.id, id), live))
          .get();
        if (!current) return undefined;
        const next: KeyRow = { ...current, ...patch, updated_at: at, version: current.version + 1 };
        orm.update(apiKey).set(keyed(next)).where(eq(apiKey.id, id)).run();
        events.append({ type: 'key.updated', entity: 'key', id, version: next.version });
        return next;
      }),
    deleteKey: (id, at) =>
      db.transaction(() => {
        const done = orm
          .update(apiKey)
          .set({ deleted_at: at, updated_at: at })
          .where(and(eq(apiKey.id, id), live))
          .run();
        if (done.changes === 0) return false;
        events.append({ type: 'key.deleted', entity: 'key', id });
        return true;
      }),
    touchKeys: (used) =>
      db.bestEffort(() =>
        db.transaction(() => {
          for (const [id, at] of used) orm.update(apiKey).set({ last_used_at: at }).where(eq(apiKey.id, id)).run();
        }),
      ),
    announceUses(ids) {
      if (db.raw.open)
        db.bestEffort(() => events.append(...[...ids].map((id) => ({ type: 'key.used', entity: 'key', id }) as const)));
    },
  } satisfies Partial<ConnectionsStore>;
}

function createSessionStore(db: Db) {
  const { orm } = db;
  return {
    sessions: () => orm.select().from(panelSession).all(),
    session: (id) => orm.select().from(panelSession).where(eq(panelSession.id, id)).get(),
    insertSession: (row) => void orm.insert(panelSession).values(row).run(),
    touchSession: (id, at) =>
      db.bestEffort(() => void orm.update(panelSession).set({ last_seen_at: at }).where(eq(panelSession.id, id)).run()),
    deleteSession: (id) => void orm.delete(panelSession).where(eq(panelSession.id, id)).run(),
    dropExpired: (id) => db.bestEffort(() => void orm.delete(panelSession).where(eq(panelSession.id, id)).run()),
    pruneSessions: (now, idleBefore) =>
      void orm
        .delete(panelSession)
        .where(or(lt(panelSession.expires_at, now), lt(panelSession.last_seen_at, idleBefore)))
        .run(),
  } satisfies Partial<ConnectionsStore>;
}

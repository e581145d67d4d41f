/** The only SQL of sessions. */
import { and, asc, eq, inArray, isNotNull, isNull, lt, type SQL } from 'drizzle-orm';
import type { Page } from '../../../contract/kernel/paging.ts';
import { naturalKey } from '../../../contract/kernel/text/natural-key.ts';
import { type MessageId, type SessionId, sessionRecord } from '../../../contract/models/sessions.ts';
import { type Db, type ListInput, type ListSpec, listPage, readableRows } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import { type MessageRow, message, type SessionRow, session } from './schema.ts';
import type { Node } from './tree.ts';

/** What a list of sessions is asked for. */
export type SessionListInput = ListInput<typeof sessionRecord.filters>;

/** A message that a search found. */
export interface Hit {
  session_id: SessionId;
  message_id: MessageId;
  title: string;
  snippet: string;
  score: number;
}

const spec: ListSpec<typeof session, typeof sessionRecord> = {
  table: session,
  sortable: {
    created_at: session.created_at,
    updated_at: session.updated_at,
    last_message_at: session.last_message_at,
    title: session.title_key,
  },
  id: session.id,
  where: isNull(session.deleted_at),
  record: sessionRecord,
  sources: {
    title: session.title,
    tags: { column: session.tags, elements: true },
    model: session.model,
  },
};

/** The words of a search as FTS5 takes them; the last one may be only begun. */
function ftsQuery(q: string): string {
  const words = q.split(/\s+/).filter(Boolean);
  return words.map((word) => `"${word.replaceAll('"', '""')}"`).join(' ') + (words.length > 0 ? '*' : '');
}

export function createSessionStore(db: Db, events: Events) {
  const { orm } = db;
  const keyed = (row: SessionRow) => ({ ...row, title_key: naturalKey(row.title) });
  const found = db.raw.prepare<[string, number], Hit>(
    `SELECT m.session_id, m.id AS message_id, s.title, snippet(message_text, 0, '', '', '…', 16) AS snippet, -bm25(message_text) AS score
       FROM message_text JOIN message m ON m.seq = message_text.rowid JOIN session s ON s.id = m.session_id
      WHERE message_text MATCH ? AND s.deleted_at IS NULL ORDER BY rank LIMIT ?`,
  );
  const one = (where: SQL | undefined): SessionRow | undefined => orm.select().from(session).where(where).get();

  return {
    get: (id: SessionId): SessionRow | undefined => one(and(eq(session.id, id), isNull(session.deleted_at))),
    getDeleted: (id: SessionId): SessionRow | undefined => one(and(eq(session.id, id), isNotNull(session.deleted_at))),
    save(row: SessionRow, verb: 'created' | 'updated' | 'deleted'): void {
      db.transaction(() => {
        orm
          .insert(session)
          .values(keyed(row))
          .onConflictDoUpdate({ target: session.id, set: keyed(row) })
          .run();
        events.append({ type: `session.${verb}`, entity: 'session', id: row.id, version: row.version });
      });
    },
    list: (query: SessionListInput): Page<SessionRow> => listPage(db, query, spec),
    search: (q: string, limit: number): Hit[] => found.all(ftsQuery(q), limit),
    /** Ids of what was deleted before `before` (unix ms). */
    purgeable: (before: number): SessionId[] =>
      orm
        .select({ id: session.id })
        .from(session)
        .where(and(isNotNull(session.deleted_at), lt(session.deleted_at, before)))
        .all()
        .map(({ id }) => id),
    purge(id: SessionId): void {
      db.transaction(() => {
        orm.delete(message).where(eq(message.session_id, id)).run();
        orm.delete(session).where(eq(session.id, id)).run();
      });
    },

    /** All messages of a session without their texts, the oldest first. */
    nodes: (id: SessionId): Node[] =>
      orm
        .select({ id: message.id, parent_id: message.parent_id, digest: message.digest })
        .from(message)
        .where(eq(message.session_id, id))
        .orderBy(asc(message.seq))
        .all(),
    /** Messages of a session by id. */
    messages(id: SessionId, ids: readonly MessageId[]): Map<MessageId, MessageRow> {
      const rows: MessageRow[] = [];
      for (let at = 0; at < ids.length; at += 500)
        rows.push(
          ...readableRows(db, 'message', {
            table: message,
            id: message.id,
            where: and(eq(message.session_id, id), inArray(message.id, ids.slice(at, at + 500))),
            order: [asc(message.seq)],
          }),
        );
      return new Map(rows.map((row) => [row.id, row]));
    },
    message: (id: MessageId): MessageRow | undefined => orm.select().from(message).where(eq(message.id, id)).get(),
    addMessage: (row: MessageRow): void => void orm.insert(message).values(row).run(),
    updateMessage: (id: MessageId, changes: Partial<MessageRow>): void =>
      void orm.update(message).set(changes).where(eq(message.id, id)).run(),
    /** Those after it move to its place. */
    removeMessage(row: MessageRow): void {
      orm.update(message).set({ parent_id: row.parent_id }).where(eq(message.parent_id, row.id)).run();
      orm.delete(message).where(eq(message.id, row.id)).run();
    },
    /** What a host that ended was writing. */
    cutWriting(error: NonNullable<MessageRow['error']>): void {
      db.transaction(() => {
        const cut = orm
          .update(message)
          .set({ status: 'cut', error })
          .where(eq(message.status, 'writing'))
          .returning({ id: message.session_id })
          .all();
        for (const id of new Set(cut.map((row) => row.id)))
          events.append({ type: 'session.updated', entity: 'session', id, version: null });
      });
    },
  };
}
export type SessionStore = ReturnType<typeof createSessionStore>;

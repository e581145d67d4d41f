/** The SQL of sessions; that of their messages is in `store-messages.ts`. */
import { and, eq, isNotNull, isNull, lt, type SQL } from 'drizzle-orm';
import type { Page } from '../../../contract/kernel/paging.ts';
import { naturalKey } from '../../../contract/kernel/text/natural-key.ts';
import { type MessageId, type SessionId, sessionRecord } from '../../../contract/models/sessions.ts';
import { type Db, type ListInput, type ListSpec, listPage } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import { message, type SessionRow, session } from './schema.ts';
import { createMessageStore } from './store-messages.ts';

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

/** The words of a search as FTS5 takes them; the last one may be only begun. Null without a word: an empty query is an error there. */
function ftsQuery(q: string): string | null {
  // FTS5 takes a zero for the end of its query, in the middle of a quoted word too.
  const words = q.replaceAll('\0', ' ').split(/\s+/).filter(Boolean);
  return words.length === 0 ? null : `${words.map((word) => `"${word.replaceAll('"', '""')}"`).join(' ')}*`;
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
    search(q: string, limit: number): Hit[] {
      const query = ftsQuery(q);
      return query === null ? [] : found.all(query, limit);
    },
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
    ...createMessageStore(db, events),
  };
}
export type SessionStore = ReturnType<typeof createSessionStore>;

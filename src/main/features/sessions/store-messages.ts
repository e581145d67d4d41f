/** The SQL of the messages of sessions. */
import { and, asc, eq, inArray } from 'drizzle-orm';
import type { MessageId, SessionId } from '../../../contract/models/sessions.ts';
import { type Db, readableRows } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import { type MessageRow, message } from './schema.ts';
import type { Node } from './tree.ts';

export function createMessageStore(db: Db, events: Events) {
  const { orm } = db;
  return {
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

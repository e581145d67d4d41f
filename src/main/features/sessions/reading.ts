/** Conversations as they are read: page by page for clients, with the versions of each message for the panel. */
import type { Operations } from '../../../contract/index.ts';
import type { OutputOf, ParsedInputOf } from '../../../contract/kernel/define.ts';
import { ConversationMessage, type SessionId, StoredMessage } from '../../../contract/models/sessions.ts';
import { type Db, recordsOf } from '../../core/db/index.ts';
import type { Principal } from '../../core/operation/operation.ts';
import { positionIn } from '../../core/operation/position-cursor.ts';
import { isAnonymous, toConversation, toStored } from './fields.ts';
import type { SessionRow } from './schema.ts';
import type { SessionStore } from './store.ts';
import { treeOf } from './tree.ts';

export interface ReadingDeps {
  db: Db;
  store: SessionStore;
  /** @throws AppError `session-not-found` also for what the caller may not see */
  visible(id: SessionId, anonymous: boolean): SessionRow;
  /** @throws AppError `not-found` */
  require(id: SessionId): SessionRow;
}

export function createReading({ db, store, visible, require }: ReadingDeps) {
  return {
    history(
      { session_id, limit, cursor }: ParsedInputOf<Operations['get_history']>,
      principal: Principal,
    ): OutputOf<Operations['get_history']> {
      const row = visible(session_id, isAnonymous(principal));
      const path = treeOf(store.nodes(session_id)).pathTo(row.leaf_id);
      const from = cursor === undefined ? 0 : positionIn(cursor, 'this session');
      const ids = path.slice(from, from + limit).map(({ id }) => id);
      const rows = [...store.messages(session_id, ids).values()];
      const messages = recordsOf(db, 'message', StoredMessage, rows, toStored);
      const next = from + ids.length;
      return {
        ...{ session_id, messages, count: messages.length, total_count: path.length },
        next_cursor: next < path.length ? String(next) : null,
      };
    },
    conversation(id: SessionId): OutputOf<Operations['sessions_conversation']> {
      const tree = treeOf(store.nodes(id));
      const path = tree.pathTo(require(id).leaf_id);
      const last = path.at(-1);
      const beside = last === undefined ? [] : tree.children(last.parent_id).filter((one) => one !== last);
      const rows = store.messages(
        id,
        [...path, ...beside].map((node) => node.id),
      );
      const shown = (nodes: readonly (typeof path)[number][]) =>
        recordsOf(
          db,
          'message',
          ConversationMessage,
          nodes.flatMap((node) => rows.get(node.id) ?? []),
          (row) =>
            toConversation(
              row,
              tree.children(row.parent_id).map((node) => node.id),
            ),
        );
      return { items: shown(path), others: shown(beside) };
    },
  };
}

/** Sessions as the rest of the program sees them: who may see which, their branches, what is deleted. */
import type { Operations } from '../../../contract/index.ts';
import type { OutputOf, ParsedInputOf } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import {
  ConversationMessage,
  type MessageId,
  Session,
  type SessionId,
  StoredMessage,
} from '../../../contract/models/sessions.ts';
import type { GenerationParams, ParamsPatch } from '../../../contract/models/settings.ts';
import type { Clock } from '../../core/clock.ts';
import { type Db, recordOf, recordsOf } from '../../core/db/index.ts';
import { newId } from '../../core/ids.ts';
import type { Principal } from '../../core/operation/operation.ts';
import { positionIn } from '../../core/operation/position-cursor.ts';
import { type Changes, checkVersion, notFound } from '../../core/operation/versioned.ts';
import { toConversation, toSession, toStored } from './fields.ts';
import { createRecorder } from './recorder.ts';
import type { SessionRow } from './schema.ts';
import type { SessionListInput, SessionStore } from './store.ts';
import { treeOf } from './tree.ts';

/** Sampling parameters by session. */
export interface SessionParams {
  get(session: string): GenerationParams;
  /** Merges; null clears a parameter. @throws AppError `validation-error` */
  set(session: string, patch: typeof ParamsPatch._output): unknown;
  remove(session: string): void;
}

interface Deps {
  db: Db;
  store: SessionStore;
  clock: Clock;
  params: SessionParams;
}

const isAnonymous = ({ kind }: Principal) => kind === 'anonymous';

const unknownSession = (id: string) =>
  new AppError('session-not-found', `There is no session ${JSON.stringify(id)}.`, { extra: { session_id: id } });

export function createSessionService({ db, store, clock, params }: Deps) {
  const view = (row: SessionRow): Session => recordOf(Session, () => toSession(row, params.get(row.id)));

  function purge(id: SessionId): void {
    store.purge(id);
    params.remove(id);
  }

  /** @throws AppError `not-found` */
  function require(id: SessionId): SessionRow {
    const row = store.get(id);
    if (row === undefined) throw notFound('session', id);
    return row;
  }

  function make(id: SessionId, anonymous: boolean, given: Partial<SessionRow> = {}): SessionRow {
    // A name that is used again begins a new conversation.
    if (store.getDeleted(id) !== undefined) purge(id);
    const now = clock.now();
    const row: SessionRow = {
      ...{ id, title: '', model: null, tags: [], system_prompt: '', tools: [], response_schema: null, anonymous },
      ...{ leaf_id: null, message_count: 0, last_message_at: null, deleted_at: null },
      ...{ created_at: now, updated_at: now, version: 1 },
      ...given,
    };
    store.save(row, 'created');
    return row;
  }

  /** @throws AppError `session-not-found` also for what the caller may not see */
  function visible(id: SessionId, anonymous: boolean): SessionRow {
    const row = store.get(id);
    if (row === undefined || (anonymous && !row.anonymous)) throw unknownSession(id);
    return row;
  }

  const open = (id: SessionId, anonymous: boolean) =>
    store.get(id) === undefined ? make(id, anonymous) : visible(id, anonymous);
  const recorder = createRecorder({ db, store, clock, open });
  const save = (row: SessionRow, changes: Partial<SessionRow>, verb: 'updated' | 'deleted' = 'updated'): Session => {
    const next = { ...row, ...changes, updated_at: clock.now(), version: row.version + 1 };
    store.save(next, verb);
    return view(next);
  };

  return {
    conversations: recorder.conversations,
    list(input: SessionListInput): Page<Session> {
      const page = store.list(input);
      return { ...page, items: recordsOf(db, 'session', Session, page.items, view) };
    },
    get: (id: SessionId): Session => view(require(id)),
    create({ id = newId('session'), params: wanted, ...given }: ParsedInputOf<Operations['sessions_create']>): Session {
      return db.transaction(() => {
        if (store.get(id) !== undefined)
          throw new AppError('conflict', `There is a session ${JSON.stringify(id)} already.`, { extra: { id } });
        const row = make(id, false, given);
        params.set(id, wanted);
        return view(row);
      });
    },
    update(
      id: SessionId,
      { params: wanted, ...changes }: Changes<ParsedInputOf<Operations['sessions_update']>>,
      versions: { body: number | undefined; ifMatch: number | undefined },
    ): Session {
      return db.transaction(() => {
        const row = require(id);
        checkVersion(row.version, versions.body, versions.ifMatch);
        if (wanted !== undefined) params.set(id, wanted);
        return save(row, changes);
      });
    },
    remove: (id: SessionId): void => void save(require(id), { deleted_at: clock.now() }, 'deleted'),
    restore(id: SessionId): Session {
      const row = store.getDeleted(id);
      if (row === undefined) throw notFound('deleted session', id);
      return save(row, { deleted_at: null });
    },
    search: (q: string, limit: number) => ({ items: store.search(q, limit) }),

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
    saveMessage({ session_id, message }: ParsedInputOf<Operations['save_message']>, principal: Principal): MessageId {
      const said = { ...message, name: message.name ?? null, tool_calls: null, tool_call_id: null };
      return recorder.save(session_id, isAnonymous(principal), said);
    },
    removeMessage(session_id: SessionId, id: MessageId): void {
      db.transaction(() => {
        const row = require(session_id);
        const gone = store.message(id);
        if (gone === undefined || gone.session_id !== session_id) throw notFound('message', id);
        store.removeMessage(gone);
        recorder.show(session_id, row.leaf_id === id ? gone.parent_id : row.leaf_id);
      });
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
    choose(id: SessionId, message: MessageId): Session {
      return db.transaction(() => {
        const row = require(id);
        const nodes = store.nodes(id);
        if (!nodes.some((node) => node.id === message)) throw notFound('message', message);
        const tree = treeOf(nodes);
        const leaf_id = tree.endOf(message);
        return save(row, { leaf_id, message_count: tree.pathTo(leaf_id).length });
      });
    },
    /** Deletes for good what was deleted before `before` (unix ms). */
    purge(before: number): void {
      for (const id of store.purgeable(before)) purge(id);
    },
  };
}
export type SessionService = ReturnType<typeof createSessionService>;

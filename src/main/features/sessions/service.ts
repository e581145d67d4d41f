/** Sessions as the rest of the program sees them: who may see which, their branches, what is deleted. */
import type { Operations } from '../../../contract/index.ts';
import type { ParsedInputOf } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import { type MessageId, Session, type SessionId } from '../../../contract/models/sessions.ts';
import type { GenerationParams, ParamsPatch } from '../../../contract/models/settings.ts';
import type { Clock } from '../../core/clock.ts';
import { type Db, recordOf, recordsOf } from '../../core/db/index.ts';
import { newId } from '../../core/ids.ts';
import type { Principal } from '../../core/operation/operation.ts';
import { type Changes, checkVersion, notFound } from '../../core/operation/versioned.ts';
import { createAccess } from './access.ts';
import { isAnonymous, toSession } from './fields.ts';
import { createReading } from './reading.ts';
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

export function createSessionService({ db, store, clock, params }: Deps) {
  const view = (row: SessionRow): Session => recordOf(Session, () => toSession(row, params.get(row.id)));

  const { require, visible, make, open, admit, purge } = createAccess({ store, clock, params });
  const recorder = createRecorder({ db, store, clock, open, admit });
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

    ...createReading({ db, store, visible, require }),
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

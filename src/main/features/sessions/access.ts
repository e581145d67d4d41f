/** Which session is meant: found, made when it is new, or hidden from callers without a key. */
import { AppError } from '../../../contract/kernel/errors.ts';
import type { SessionId } from '../../../contract/models/sessions.ts';
import type { Clock } from '../../core/clock.ts';
import { notFound } from '../../core/operation/versioned.ts';
import type { SessionRow } from './schema.ts';
import type { SessionStore } from './store.ts';

const unknownSession = (id: string) =>
  new AppError('session-not-found', `There is no session ${JSON.stringify(id)}.`, { extra: { session_id: id } });

/** What was deleted can be restored: nobody else may begin a conversation in its place. */
const taken = (id: string) =>
  new AppError(
    'conflict',
    `The session ${JSON.stringify(id)} was deleted and can still be restored; restore it, or choose another id.`,
    { extra: { id } },
  );

export interface AccessDeps {
  store: SessionStore;
  clock: Clock;
  /** Sampling parameters of sessions, which go with them. */
  params: { remove(session: string): void };
}

export function createAccess({ store, clock, params }: AccessDeps) {
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

  /** @throws AppError `conflict` (`session-not-found` for callers without a key) when there is a deleted session of this id */
  function make(id: SessionId, anonymous: boolean, given: Partial<SessionRow> = {}): SessionRow {
    if (store.getDeleted(id) !== undefined) throw anonymous ? unknownSession(id) : taken(id);
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

  /**
   * For what concerns a session and writes nothing in it. There need not be one yet, unless it is read without a key: what belongs to it
   * until then was set by somebody with a key.
   * @throws AppError as {@link make} and {@link visible} do; `session-not-found` for a deleted one that is read
   */
  function admit(id: SessionId, anonymous: boolean, reads: boolean): void {
    if (store.getDeleted(id) !== undefined) throw anonymous || reads ? unknownSession(id) : taken(id);
    if (store.get(id) !== undefined || (anonymous && reads)) visible(id, anonymous);
  }

  return { require, visible, make, open, admit, purge };
}

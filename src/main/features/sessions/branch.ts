/** The branch of a conversation that is shown: what is appended to it, and where it ends. */
import type { MessageId, SessionId } from '../../../contract/models/sessions.ts';
import type { Clock } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import { digestOf, type Said } from './fields.ts';
import type { MessageRow, SessionRow } from './schema.ts';
import type { SessionStore } from './store.ts';
import { treeOf } from './tree.ts';

const EMPTY: Omit<MessageRow, 'id' | 'session_id' | 'parent_id' | 'digest' | 'created_at' | keyof Said> = {
  reasoning: '',
  model: null,
  status: 'complete',
  finish_reason: null,
  error: null,
  usage: null,
  timings: null,
};

export function createBranch({ store, clock }: { store: SessionStore; clock: Clock }) {
  /** Appends messages below `parent` and shows their branch. @returns the last one */
  function append(
    sessionId: SessionId,
    parent: MessageId | null,
    said: readonly Said[],
    more: Partial<MessageRow> = {},
  ): MessageId | null {
    let last = parent;
    for (const one of said) {
      const id = newId('message');
      const made = { ...one, digest: digestOf(one), created_at: clock.now() };
      store.addMessage({ ...EMPTY, ...made, id, session_id: sessionId, parent_id: last, ...more });
      last = id;
    }
    return last;
  }

  /** Makes `leaf` the end of the branch that is shown. */
  function show(id: SessionId, leaf: MessageId | null, changes: Partial<SessionRow> = {}): void {
    const row = store.get(id);
    // Deleted in the meantime.
    if (row === undefined) return;
    const now = clock.now();
    const message_count = treeOf(store.nodes(id)).pathTo(leaf).length;
    const times = { last_message_at: now, updated_at: now, version: row.version + 1 };
    store.save({ ...row, ...changes, leaf_id: leaf, message_count, ...times }, 'updated');
  }

  return { append, show };
}
export type Branch = ReturnType<typeof createBranch>;

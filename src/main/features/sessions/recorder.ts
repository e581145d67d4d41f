/** Writes conversations down while they are held: what is asked before the model is, and the answer as it comes. */
import { type AppError, codeOf, toAppError } from '../../../contract/kernel/errors.ts';
import type { ToolCall } from '../../../contract/models/openai/chat.ts';
import type { MessageId, SessionId } from '../../../contract/models/sessions.ts';
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import { newId } from '../../core/ids.ts';
import type { Conversations, Recording, RecordingEnd } from '../inference/index.ts';
import { digestOf, type Said, saidIn, titleOf } from './fields.ts';
import type { MessageRow, SessionRow } from './schema.ts';
import type { SessionStore } from './store.ts';
import { match, treeOf } from './tree.ts';

/** Time between two writes of an answer that is being written: what a host that is killed may lose. */
const FLUSH_MS = 1_000;

interface Deps {
  db: Db;
  store: SessionStore;
  clock: Clock;
  /** The session, made when there is none. @throws AppError `session-not-found` when the caller may not see it */
  open(id: SessionId, anonymous: boolean): SessionRow;
}

const EMPTY: Omit<MessageRow, 'id' | 'session_id' | 'parent_id' | 'digest' | 'created_at' | keyof Said> = {
  reasoning: '',
  model: null,
  status: 'complete',
  finish_reason: null,
  error: null,
  usage: null,
  timings: null,
};

export function createRecorder({ db, store, clock, open }: Deps) {
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

  /** One answer; it is a row as soon as there is something to keep. */
  function createAnswer(sessionId: SessionId, parent: MessageId | null, model: string, before: MessageRow | undefined) {
    let id = before?.id;
    let content = before?.content ?? '';
    let reasoning = before?.reasoning ?? '';
    const calls: ToolCall[] = [];
    let flushedAt = 0;
    let over = false;

    const said = (): Said => ({
      ...{ role: 'assistant', content, name: null, tool_call_id: null },
      tool_calls: calls.length > 0 ? calls : null,
    });

    function write(changes: Partial<MessageRow>): void {
      flushedAt = clock.monotonic();
      const now = said();
      const members = { ...now, digest: digestOf(now), reasoning, model, ...changes };
      db.transaction(() => {
        if (id !== undefined) return store.updateMessage(id, members);
        // It is shown from its first piece on: a host that is killed leaves it where it is looked for.
        id = append(sessionId, parent, [now], members) ?? undefined;
        show(sessionId, id ?? parent);
      });
    }

    function close(changes: Partial<MessageRow>): void {
      if (over) return;
      over = true;
      if (id === undefined && content === '' && reasoning === '' && calls.length === 0) return;
      db.transaction(() => {
        write(changes);
        show(sessionId, id ?? parent);
      });
    }

    return {
      add(delta: Parameters<Recording['add']>[1]): void {
        content += delta.content ?? '';
        reasoning += delta.reasoning_content ?? '';
        for (const { index, ...call } of delta.tool_calls ?? []) {
          const known = calls[index];
          if (known !== undefined) known.function.arguments += call.function?.arguments ?? '';
          else
            calls[index] = {
              id: call.id ?? '',
              type: 'function',
              function: { name: call.function?.name ?? '', arguments: call.function?.arguments ?? '' },
            };
        }
        if (content === '' && reasoning === '' && calls.length === 0) return;
        if (id === undefined || clock.monotonic() - flushedAt >= FLUSH_MS) write({ status: 'writing', error: null });
      },
      end({ stopped, reason, usage, timings }: RecordingEnd): void {
        const times = { first_token_ms: timings.firstTokenMs, total_ms: timings.totalMs };
        close({ status: stopped ? 'stopped' : 'complete', finish_reason: reason, error: null, usage, timings: times });
      },
      fail(error: AppError): void {
        close({ status: 'cut', error: { code: codeOf(error.slug), message: error.message } });
      },
    };
  }

  const conversations: Conversations = {
    begin({ sessionId: name, principal, model, messages, continued }): Recording {
      const sessionId = name as SessionId;
      const said = saidIn(messages);
      const target = continued ? said.at(-1) : undefined;
      const started = db.transaction(() => {
        const row = open(sessionId, principal.kind === 'anonymous');
        const tree = treeOf(store.nodes(sessionId));
        const known = match(tree, row.leaf_id, said.map(digestOf));
        const leaf = append(sessionId, known.at(-1)?.id ?? null, said.slice(known.length));
        show(sessionId, leaf, row.title === '' ? { title: titleOf(said) } : {});
        return leaf;
      });
      const before = target === undefined || started === null ? undefined : store.message(started);
      const answers = new Map<number, ReturnType<typeof createAnswer>>();
      const answer = (choice: number) => {
        const one = answers.get(choice) ?? createAnswer(sessionId, started, model, before);
        answers.set(choice, one);
        return one;
      };
      return {
        add: (choice, delta) => answer(choice).add(delta),
        end: (choice, end) => answer(choice).end(end),
        fail(thrown) {
          const error = toAppError(thrown);
          for (const one of answers.values()) one.fail(error);
        },
      };
    },
  };

  return {
    conversations,
    /** One message behind the branch that is shown. */
    save(id: SessionId, anonymous: boolean, said: Said): MessageId {
      return db.transaction(() => {
        const row = open(id, anonymous);
        const made = append(id, row.leaf_id, [said]);
        show(id, made, row.title === '' ? { title: titleOf([said]) } : {});
        return made as MessageId;
      });
    },
    show,
  };
}

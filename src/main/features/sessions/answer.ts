/** An answer that is written down while it comes. */
import { type AppError, codeOf } from '../../../contract/kernel/errors.ts';
import type { ToolCall } from '../../../contract/models/openai/chat.ts';
import type { MessageId, SessionId } from '../../../contract/models/sessions.ts';
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import type { Recording, RecordingEnd } from '../inference/index.ts';
import type { Branch } from './branch.ts';
import { digestOf, type Said } from './fields.ts';
import type { MessageRow } from './schema.ts';
import type { SessionStore } from './store.ts';

/** Time between two writes of an answer that is being written: what a host that is killed may lose. */
const FLUSH_MS = 1_000;

export interface AnswerDeps {
  db: Db;
  store: SessionStore;
  clock: Clock;
  branch: Branch;
}

/** What an answer belongs to. */
export interface AnswerPlace {
  sessionId: SessionId;
  parent: MessageId | null;
  /** Id of the model that writes it. */
  model: string;
  /** The answer that is continued. */
  before: MessageRow | undefined;
}

/** Creates one answer; it is a row as soon as there is something to keep. */
export function createAnswer(
  { db, store, clock, branch }: AnswerDeps,
  { sessionId, parent, model, before }: AnswerPlace,
) {
  let id = before?.id;
  let content = before?.content ?? '';
  let reasoning = before?.reasoning ?? '';
  const calls: ToolCall[] = [];
  let begun = false;
  /** Takes back the write that is to come. */
  let unschedule: (() => void) | undefined;
  let over = false;

  const said = (): Said => ({
    ...{ role: 'assistant', content, name: null, tool_call_id: null },
    tool_calls: calls.length > 0 ? calls : null,
  });

  function write(changes: Partial<MessageRow>): void {
    begun = true;
    unschedule?.();
    unschedule = undefined;
    const now = said();
    const members = { ...now, digest: digestOf(now), reasoning, model, ...changes };
    db.transaction(() => {
      if (id !== undefined) return store.updateMessage(id, members);
      // It is shown from its first piece on: a host that is killed leaves it where it is looked for.
      id = branch.append(sessionId, parent, [now], members) ?? undefined;
      branch.show(sessionId, id ?? parent);
    });
  }

  const keep = () => write({ status: 'writing', error: null });

  function close(changes: Partial<MessageRow>): void {
    if (over) return;
    over = true;
    unschedule?.();
    if (id === undefined && content === '' && reasoning === '' && calls.length === 0) return;
    db.transaction(() => {
      write(changes);
      branch.show(sessionId, id ?? parent);
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
      if (!begun) keep();
      // Also when no further piece comes: a slow model may take longer than that for one.
      else unschedule ??= clock.schedule(keep, FLUSH_MS);
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

/** The rows of a conversation: what is stored, and what is on its way in place of its end. */
import type { AppError } from '../../../../contract/kernel/errors.ts';
import type { ConversationMessage } from '../../../../contract/models/sessions.ts';
import type { LiveAnswer, LiveTurn } from '../live/streams.ts';
import type { Said } from '../request.ts';

export type Row =
  | { kind: 'message'; key: string; message: ConversationMessage; last: boolean }
  | { kind: 'said'; key: string; said: Said }
  | { kind: 'live'; key: string; answers: readonly LiveAnswer[] }
  | { kind: 'pair'; key: string; messages: readonly ConversationMessage[] }
  | { kind: 'failure'; key: string; error: AppError }
  | { kind: 'unanswered'; key: string };

/** Messages up to where a turn begins. */
export function before(items: readonly ConversationMessage[], turn: LiveTurn): readonly ConversationMessage[] {
  return turn.after === null ? [] : items.slice(0, items.findIndex(({ id }) => id === turn.after) + 1);
}

export function rowsOf({
  items,
  others,
  turn,
  failure,
  comparing,
}: {
  items: readonly ConversationMessage[];
  /** The other messages in the place of the last one. */
  others: readonly ConversationMessage[];
  turn: LiveTurn | undefined;
  failure: AppError | undefined;
  comparing: boolean;
}): Row[] {
  const shown = turn === undefined ? items : before(items, turn);
  const rows: Row[] = shown.map((message, at) => ({
    kind: 'message',
    key: message.id,
    message,
    last: turn === undefined && at === shown.length - 1,
  }));
  if (turn !== undefined) {
    rows.push(...turn.said.map((said, at): Row => ({ kind: 'said', key: `said-${at}`, said })));
    rows.push({ kind: 'live', key: 'live', answers: turn.answers });
    return rows;
  }
  const last = items.at(-1);
  const beside = comparing
    ? others.findLast((other) => other.model !== last?.model && other.role === 'assistant')
    : undefined;
  if (last?.role === 'assistant' && beside !== undefined) {
    const messages = [last, beside].sort((a, b) => a.versions.indexOf(a.id) - b.versions.indexOf(b.id));
    rows.splice(-1, 1, { kind: 'pair', key: `pair-${messages[0]?.id}`, messages });
  }
  if (failure !== undefined) rows.push({ kind: 'failure', key: 'failure', error: failure });
  else if (last !== undefined && last.role !== 'assistant') rows.push({ kind: 'unanswered', key: 'unanswered' });
  return rows;
}

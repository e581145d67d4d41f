/** What can be done in a conversation. */
import type { ConversationMessage, Session } from '../../../contract/models/sessions.ts';
import { useAct, useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { errorToast } from '../../ui/feedback/toast.tsx';
import { rowsOf } from './conversation/rows.ts';
import { forgetFailure, useStreams } from './live/streams.ts';
import { type Said, userSays } from './request.ts';
import { useAsking } from './use-asking.ts';
import type { ChatModels } from './use-chat-models.ts';
import type { Settings } from './use-settings.ts';

export function useChat(session: Session | undefined, settings: Settings, models: ChatModels) {
  const id = session?.id;
  const query = useOperationQuery('sessions_conversation', { id: id ?? '' }, { enabled: id !== undefined });
  const turn = useStreams(({ turns }) => (id === undefined ? undefined : turns[id]));
  const failure = useStreams(({ failures }) => (id === undefined ? undefined : failures[id]));
  const blocked = useCan('chat');
  const { items = [], others = [] } = query.data ?? {};
  const choose = useAct('sessions_choose', { onError: (error) => errorToast('Could not show the version', error) });
  const stop = useAct('stop_generation', { onError: (error) => errorToast('Could not stop', error) });
  const { say, begin, goOn } = useAsking(id, items, settings, models);
  const comparing = settings.compare !== '';
  const wrong = Object.values(settings.errors)[0] ?? null;

  return {
    query,
    rows: rowsOf({ items, others, turn, failure, comparing }),
    items,
    turn,
    isWriting: turn !== undefined,
    /** Why nothing can be asked now. */
    blocked: blocked ?? (turn === undefined ? wrong : 'An answer is being written'),
    async send(text: string): Promise<boolean> {
      if (id !== undefined) {
        say([userSays(text)], items.length);
        return true;
      }
      return begin(text);
    },
    /** The same question once more, or the last message that has no answer. */
    answerAgain(message?: ConversationMessage): void {
      const at = message === undefined ? items.length : items.findIndex((item) => item.id === message.id);
      if (at > 0) say([], at);
    },
    /** The same once more; from now on the oldest messages are left out when all of them do not fit. */
    answerWithoutOldest(): void {
      settings.change({ overflow: 'drop' });
      if (items.length > 0) say([], items.length, { dropsOldest: true });
    },
    edit(message: ConversationMessage, text: string): void {
      say(
        [userSays(text)],
        items.findIndex((item) => item.id === message.id),
      );
    },
    /** Goes on with an answer that was cut off or stopped. */
    goOn(message: ConversationMessage): void {
      goOn(items.findIndex((item) => item.id === message.id));
    },
    /** Results of the tools that the last message calls, in their order. */
    giveResults(message: ConversationMessage, results: readonly string[]): void {
      const said = (message.tool_calls ?? []).map(
        (call, at): Said => ({
          ...{ role: 'tool', content: results[at] ?? '', tool_call_id: call.id },
        }),
      );
      say(said, items.length);
    },
    show(message: ConversationMessage, step: 1 | -1): void {
      const next = message.versions[message.versions.indexOf(message.id) + step];
      if (id !== undefined && next !== undefined) choose.mutate({ id, message_id: next });
    },
    /** Of answers side by side, the one to go on from. */
    choose(message: ConversationMessage): void {
      settings.change({ compare: '' });
      if (id !== undefined) choose.mutate({ id, message_id: message.id });
    },
    stop(): void {
      if (id !== undefined && turn !== undefined) stop.mutate({ session_id: id });
    },
    dismiss: () => id !== undefined && forgetFailure(id),
  };
}
export type Chat = ReturnType<typeof useChat>;

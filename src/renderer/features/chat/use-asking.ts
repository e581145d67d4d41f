/** Requests to the models of a conversation: what is said, behind which message, to which model. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { refOf } from '../../../contract/models/reference.ts';
import type { ConversationMessage, SessionId } from '../../../contract/models/sessions.ts';
import { useClient } from '../../lib/client/context.tsx';
import { plural } from '../../lib/format.ts';
import { asError } from '../../lib/live/query.ts';
import { errorToast, toast } from '../../ui/feedback/toast.tsx';
import { giveBack, moveTyped } from './composer-draft.ts';
import { droppedBy, runTurn, type Turn } from './live/streams.ts';
import { type ChatRequest, chatRequest, type Said, userSays } from './request.ts';
import type { ChatModels } from './use-chat-models.ts';
import type { Settings } from './use-settings.ts';

/** @param id undefined before the first message @param items messages that are shown */
export function useAsking(
  id: SessionId | undefined,
  items: readonly ConversationMessage[],
  settings: Settings,
  { find }: Pick<ChatModels, 'find'>,
) {
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();

  const requestsFor = (
    sessionId: string,
    said: readonly Said[],
    { dropsOldest }: Pick<Settings, 'dropsOldest'> = settings,
  ): ChatRequest[] => {
    const standard = find(null);
    const model = settings.settings.model ?? (standard === undefined ? null : refOf(standard));
    const models = settings.compare !== '' ? [model, settings.compare] : [model];
    return models.map((one) => chatRequest(sessionId, { ...settings.settings, model: one }, said, { dropsOldest }));
  };
  /** Asks. What was typed and has not been stored, because the request was refused, is given back. */
  async function run(sessionId: SessionId, asked: Omit<Turn, 'requests'>, requests: readonly ChatRequest[]) {
    const queryKey = ['sessions_conversation', { id: sessionId }];
    const failed = await runTurn(client, sessionId, { ...asked, requests }, () => queries.refetchQueries({ queryKey }));
    const dropped = droppedBy(sessionId, requests);
    if (dropped > 0)
      toast(
        `${plural(dropped, 'message')} at the beginning did not fit and ${dropped === 1 ? 'was' : 'were'} left out`,
      );
    const typed = asked.said.find(({ role }) => role === 'user')?.content;
    if (failed === null || typed === undefined) return;
    const stored = queries.getQueryData<{ items: ConversationMessage[] }>(queryKey)?.items ?? [];
    if (stored.findLast(({ role }) => role === 'user')?.content !== typed) giveBack(sessionId, typed);
  }

  /** Says something behind the first `kept` messages. */
  function say(said: readonly Said[], kept: number, manner: Pick<Settings, 'dropsOldest'> = settings): void {
    if (id === undefined) return;
    const path = items.slice(0, kept);
    void run(id, { after: path.at(-1)?.id ?? null, said }, requestsFor(id, [...path, ...said], manner));
  }

  /** Begins a conversation. @returns whether there is one now */
  async function begin(text: string): Promise<boolean> {
    try {
      const made = await client.call('sessions_create', settings.settings);
      settings.stored(made.id);
      moveTyped(made.id);
      // Without it, a frame stands in the place of the composer for a moment, and what is typed then would be taken for keys of the screen.
      queries.setQueryData(['sessions_get', { id: made.id }], made);
      void navigate({ to: '/chat/$id', params: { id: made.id }, search: true });
      const said = userSays(text);
      void run(made.id, { after: null, said: [said] }, requestsFor(made.id, [said]));
      return true;
    } catch (error) {
      errorToast('Could not begin the conversation', asError(error));
      return false;
    }
  }

  /** Goes on with the message at a place. */
  function goOn(at: number): void {
    const message = items[at];
    if (id === undefined || message === undefined || at < 1) return;
    const model = message.model ?? settings.settings.model;
    const request = chatRequest(id, { ...settings.settings, model }, items.slice(0, at + 1), {
      continued: true,
      dropsOldest: settings.dropsOldest,
    });
    void run(id, { after: items[at - 1]?.id ?? null, said: [], base: message }, [request]);
  }

  return { say, begin, goOn };
}

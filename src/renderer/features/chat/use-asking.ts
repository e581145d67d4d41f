/** Requests to the models of a conversation: what is said, behind which message, to which model. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ConversationMessage, SessionId } from '../../../contract/models/sessions.ts';
import { useClient } from '../../lib/client/context.tsx';
import { asError } from '../../lib/live/query.ts';
import { errorToast } from '../../ui/feedback/toast.tsx';
import { runTurn, type Turn } from './live/streams.ts';
import { type ChatRequest, chatRequest, type Said, userSays } from './request.ts';
import type { Settings } from './use-settings.ts';

/** @param id undefined before the first message @param items messages that are shown */
export function useAsking(id: SessionId | undefined, items: readonly ConversationMessage[], settings: Settings) {
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();

  const requestsFor = (sessionId: string, said: readonly Said[]): ChatRequest[] => {
    const models = settings.compare !== '' ? [settings.settings.model, settings.compare] : [settings.settings.model];
    return models.map((model) => chatRequest(sessionId, { ...settings.settings, model }, said));
  };
  const run = (sessionId: SessionId, asked: Omit<Turn, 'requests'>, requests: readonly ChatRequest[]) =>
    void runTurn(client, sessionId, { ...asked, requests }, () =>
      queries.refetchQueries({ queryKey: ['sessions_conversation', { id: sessionId }] }),
    );

  /** Says something behind the first `kept` messages. */
  function say(said: readonly Said[], kept: number): void {
    if (id === undefined) return;
    const path = items.slice(0, kept);
    run(id, { after: path.at(-1)?.id ?? null, said }, requestsFor(id, [...path, ...said]));
  }

  /** Begins a conversation. @returns whether there is one now */
  async function begin(text: string): Promise<boolean> {
    try {
      const made = await client.call('sessions_create', settings.settings);
      settings.stored(made.id);
      void navigate({ to: '/chat/$id', params: { id: made.id }, search: true });
      const said = userSays(text);
      run(made.id, { after: null, said: [said] }, requestsFor(made.id, [said]));
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
    const request = chatRequest(id, { ...settings.settings, model }, items.slice(0, at + 1), true);
    run(id, { after: items[at - 1]?.id ?? null, said: [], base: message }, [request]);
  }

  return { say, begin, goOn };
}

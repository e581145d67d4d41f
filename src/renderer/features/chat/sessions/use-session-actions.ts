/** Calls that act on sessions, with their notifications. */
import type { Session } from '../../../../contract/models/sessions.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { asError, useAct } from '../../../lib/live/query.ts';
import { saveText } from '../../../lib/save-text.ts';
import { useCan } from '../../../lib/use-can.ts';
import { errorToast, undoToast } from '../../../ui/feedback/toast.tsx';
import { fileName, toJson, toMarkdown } from './export.ts';

export function useSessionActions() {
  const client = useClient();
  const restore = useAct('sessions_restore', { onError: (error) => errorToast('Could not restore', error) });
  const remove = useAct('sessions_delete', {
    onDone: (_answer, { id }) => undoToast('Conversation deleted', () => restore.mutate({ id })),
    onError: (error) => errorToast('Could not delete the conversation', error),
  });
  const rename = useAct('sessions_update', { onError: (error) => errorToast('Could not rename', error) });
  return {
    deleteBlocked: useCan('sessions_delete'),
    renameBlocked: useCan('sessions_update'),
    remove: ({ id }: Session, gone: () => void) => remove.mutate({ id }, { onSuccess: gone }),
    rename: ({ id }: Session, title: string) => rename.mutate({ id, title }),
    async save(session: Session, format: 'md' | 'json'): Promise<void> {
      try {
        const { items } = await client.call('sessions_conversation', { id: session.id });
        const write = format === 'md' ? toMarkdown : toJson;
        saveText(fileName(session.title, format), write(session, items));
      } catch (error) {
        errorToast('Could not export the conversation', asError(error));
      }
    },
  };
}
export type SessionActions = ReturnType<typeof useSessionActions>;

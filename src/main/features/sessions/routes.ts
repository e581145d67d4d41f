/** Handlers of sessions: maps only. */
import type { sessionOperations } from '../../../contract/models/sessions.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import { changesOf } from '../../core/operation/versioned.ts';
import type { SessionService } from './service.ts';

export function sessionHandlers(service: SessionService): Handlers<keyof typeof sessionOperations> {
  return {
    sessions_list: (input) => service.list(input),
    sessions_create: (input) => service.create(input),
    sessions_get: ({ id }) => service.get(id),
    sessions_update: (input, { ifMatch }) =>
      service.update(input.id, changesOf(input), { body: input.version, ifMatch }),
    sessions_delete: ({ id }) => {
      service.remove(id);
      return { id, deleted: true };
    },
    sessions_restore: ({ id }) => service.restore(id),
    sessions_search: ({ q, limit }) => service.search(q, limit),
    messages_delete: ({ session_id, message_id }) => {
      service.removeMessage(session_id, message_id);
      return { id: message_id, deleted: true };
    },
    get_history: (input, { principal }) => service.history(input, principal),
    save_message: (input, { principal, requestId }) => ({
      status: 'saved',
      session_id: input.session_id,
      request_id: requestId,
      success: true,
      message_id: service.saveMessage(input, principal),
    }),
    sessions_conversation: ({ id }) => service.conversation(id),
    sessions_choose: ({ id, message_id }) => service.choose(id, message_id),
  };
}

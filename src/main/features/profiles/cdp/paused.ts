/** Requests that a client has asked to hold up, in a page that has left the web since. */
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { Command, Message } from './messages.ts';

type Sent = Omit<Command, 'id'>;

/** A page goes to one address at a time. */
const MOST_OFFERED = 100;

/**
 * The request with which a page comes back to the web is the client's; all others are of a page that is none of its business, and go on as if
 * nobody had asked. Otherwise they would wait for ever, or be answered by whoever guesses their ids.
 */
export function createPaused(send: (command: Sent) => void) {
  /** Ids that clients have been told of. */
  const offered = new Set<string>();
  const idOf = (params: JsonObject | undefined) => String(params?.requestId);
  return {
    /** Whether an event of a page elsewhere is for the client. */
    take({ method, params, sessionId }: Message): boolean {
      const isRequest = method === 'Fetch.requestPaused';
      if ((!isRequest && method !== 'Fetch.authRequired') || sessionId === undefined) return false;
      const requestId = idOf(params);
      if (params?.resourceType === 'Document') {
        for (const oldest of offered) if (offered.size >= MOST_OFFERED) offered.delete(oldest);
        offered.add(requestId);
        return true;
      }
      if (isRequest) send({ method: 'Fetch.continueRequest', params: { requestId }, sessionId });
      else {
        const authChallengeResponse = { response: 'Default' };
        send({ method: 'Fetch.continueWithAuth', params: { requestId, authChallengeResponse }, sessionId });
      }
      return false;
    },
    /** Whether a command for a page elsewhere is about a request that the client was told of. */
    isOffered: ({ method, params }: Sent): boolean => method.startsWith('Fetch.') && offered.has(idOf(params)),
  };
}

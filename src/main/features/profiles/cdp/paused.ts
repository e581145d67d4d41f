/** Requests that a client has asked to hold up, in a page that has left the web since. */
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { Command, Message } from './messages.ts';

type Sent = Omit<Command, 'id'>;

/** A page goes to one address at a time. */
const MOST_OFFERED = 100;
/** Longest time for a page to say where it is, ms; one that waits for a request inside of a script says nothing before that is answered. */
const SAYS_WITHIN_MS = 1000;

/** Whether an event asks for a decision about what a page loads, and not about a page itself. */
export const isPart = ({ method, params }: Message): boolean =>
  (method === 'Fetch.requestPaused' || method === 'Fetch.authRequired') && params?.resourceType !== 'Document';

/**
 * The browser tells of a request before the page that makes it says where it is: what it is asked after it has begun, it answers after that.
 * @param ask sends a command whose answer counts, whatever it is
 */
export function onceItSays(ask: (onAnswer: () => void) => void, then: () => void): void {
  let over = false;
  const go = () => {
    clearTimeout(timer);
    if (!over) then();
    over = true;
  };
  const timer = setTimeout(go, SAYS_WITHIN_MS);
  ask(go);
}

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

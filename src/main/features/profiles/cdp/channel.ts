/** A client of a browser beside others: what it attaches to is its own, and ends with it. */
import type { Command, Message } from './messages.ts';

/** Protocol error of a session that is not the client's; Chrome answers the same to one that is not there. */
const NO_SESSION = { code: -32_001, message: 'Session with given id not found.' };

/** What a client of the browser holds. */
export interface Channel {
  /** Takes a command of the client. */
  send(command: Command): void;
  /** Detaches from everything that the client is attached to. */
  close(): void;
}

/** What the owner of the pipe offers to channels. */
export interface Trunk {
  /** Sends a command; the answer comes with the id that it had. */
  send(command: Omit<Command, 'id'>, onAnswer: (answer: Message) => void): void;
  /** Who hears of the events of a session. */
  routes: Map<string, Hearer>;
}

/** Hears of the events of its sessions. */
export interface Hearer {
  event(message: Message): void;
}

/** A channel over a session of its own with the browser, `root`, which the client does not see. */
export function createChannel(trunk: Trunk, root: string, deliver: (message: Message) => void): Channel {
  const { routes } = trunk;
  let open = true;
  /** As the client knows it: what belongs to the browser as a whole has no session there. */
  const shown = ({ sessionId, ...message }: Message): Message =>
    sessionId === undefined || sessionId === root ? message : { ...message, sessionId };
  const hearer: Hearer = {
    event(message) {
      if (!open) return;
      const session = message.params?.sessionId;
      if (typeof session === 'string') {
        if (message.method === 'Target.attachedToTarget') routes.set(session, hearer);
        if (message.method === 'Target.detachedFromTarget') routes.delete(session);
      }
      deliver(shown(message));
    },
  };
  routes.set(root, hearer);

  return {
    send({ id, sessionId, ...command }) {
      if (!open) return;
      if (sessionId !== undefined && routes.get(sessionId) !== hearer)
        return deliver({ id, error: NO_SESSION, sessionId });
      trunk.send({ ...command, sessionId: sessionId ?? root }, (answer) => {
        if (open) deliver({ ...shown(answer), id });
      });
    },
    close() {
      if (!open) return;
      open = false;
      for (const [session, owner] of routes) if (owner === hearer) routes.delete(session);
      trunk.send({ method: 'Target.detachFromTarget', params: { sessionId: root } }, () => undefined);
    },
  };
}

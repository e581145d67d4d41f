/** A client of a browser beside others: what it attaches to is its own, and ends with it. */
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { confined, isForAnyPage } from './confined.ts';
import type { Command, Message } from './messages.ts';
import { createPaused, isPart, onceItSays } from './paused.ts';
import { createTargets } from './targets.ts';
import { isAboutElsewhere, told } from './told.ts';

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
  /** Sends a command. @returns forgets it: its answer is of no use any more */
  send(command: Omit<Command, 'id'>, onAnswer: (answer: Message) => void): () => void;
  /** Bytes that the browser has not taken yet. */
  backlog(): number;
  /** Who hears of the events of a session. */
  routes: Map<string, Hearer>;
}

/** Hears of the events of its sessions. */
export interface Hearer {
  event(message: Message): void;
}

/** Protocol error for what a client may not do; the code that Chrome has for it. */
const refused = (message: string) => ({ code: -32_000, message: `Not allowed with this key: ${message}.` });

/** Commands of a client that wait for their answers; programs have a few hundred at most. */
const MAX_WAITING = 10_000;
/** What waits until a browser that is busy, or stopped, reads it, of all its clients; bytes. */
const MAX_BACKLOG = 64 * 1024 * 1024;

/** How a channel is opened. */
export interface ChannelOptions {
  deliver(message: Message): void;
  /** Whether the client is held to pages of the web. */
  isConfined: boolean;
}

/** A channel and what was known before it. */
type Opened = ChannelOptions & { earlier?: { has(targetId: string): boolean } };

const discover = { method: 'Target.setDiscoverTargets', params: { discover: true } };

/** Nothing that a page offers is saved among the downloads of the operator. */
const saveNothing = (sessionId: string, context: JsonObject = {}) => ({
  method: 'Browser.setDownloadBehavior',
  sessionId,
  params: { ...context, behavior: 'deny' },
});

/** @returns the command as it may be sent, or why it may not */
function createRule({
  targets,
  paused,
  isConfined,
  isHidden,
}: {
  targets: Pick<ReturnType<typeof createTargets>, 'isWhole'>;
  paused: Pick<ReturnType<typeof createPaused>, 'isOffered'>;
  isConfined: boolean;
  isHidden(sessionId: string | undefined): boolean;
}) {
  return (command: Omit<Command, 'id'>): Omit<Command, 'id'> | string => {
    if (!isConfined) return command;
    if (isHidden(command.sessionId) && !isForAnyPage(command.method) && !paused.isOffered(command))
      return 'this page is not one of the web';
    // The host itself has to know where pages are.
    return command.method === discover.method
      ? { ...command, ...discover }
      : confined(command, targets.isWhole(command.sessionId));
  };
}

/** The sessions of one client, whose events `hearer` hears of. */
function createSessions(routes: Trunk['routes'], hearer: Hearer) {
  return {
    isOwn: (sessionId: string) => routes.get(sessionId) === hearer,
    add: (sessionId: string) => void routes.set(sessionId, hearer),
    /** Learns from a message which of them begin and end. @returns the one that begins */
    note({ method, params }: Message): string | undefined {
      const session = params?.sessionId;
      if (typeof session !== 'string') return undefined;
      if (method === 'Target.detachedFromTarget') routes.delete(session);
      if (method !== 'Target.attachedToTarget') return undefined;
      routes.set(session, hearer);
      return session;
    },
    forgetAll(): void {
      for (const [session, owner] of routes) if (owner === hearer) routes.delete(session);
    },
  };
}

/** A channel over a session of its own with the browser, `root`, which the client does not see. */
export function createChannel(trunk: Trunk, root: string, { deliver, isConfined, earlier }: Opened): Channel {
  let open = true;
  const waiting = new Set<() => void>();
  const targets = createTargets(earlier);
  /** As the client knows it: what belongs to the browser as a whole has no session there. */
  function shown({ sessionId, ...all }: Message): Message {
    const message = isConfined ? told(all, targets.has) : all;
    return sessionId === undefined || sessionId === root ? message : { ...message, sessionId };
  }
  const isHidden = (sessionId: string | undefined) =>
    isConfined && sessionId !== undefined && targets.isForeign(sessionId);
  /** Sends a command of the host's own. */
  const post = (command: Omit<Command, 'id'>) => void trunk.send(command, () => undefined);
  const paused = createPaused(post);
  function tell(message: Message): void {
    const isNone = isHidden(message.sessionId) ? !paused.take(message) : isConfined && isAboutElsewhere(message);
    if (!isNone) deliver(shown(message));
  }
  const hearer: Hearer = {
    event(message) {
      if (!open) return;
      targets.note(message);
      const begun = sessions.note(message);
      // Where a page is, the host has to hear from itself too.
      if (isConfined && begun !== undefined) post({ method: 'Page.enable', sessionId: begun });
      const { sessionId } = message;
      if (!isConfined || sessionId === undefined || isHidden(sessionId) || !isPart(message)) return tell(message);
      onceItSays(
        (onAnswer) => trunk.send({ method: 'Page.getFrameTree', sessionId }, onAnswer),
        () => open && tell(message),
      );
    },
  };
  const sessions = createSessions(trunk.routes, hearer);
  sessions.add(root);
  if (isConfined) {
    trunk.send({ ...discover, sessionId: root }, targets.completed);
    post(saveNothing(root));
  }

  const allowed = createRule({ targets, paused, isConfined, isHidden });

  return {
    send({ id, ...asked }) {
      if (!open) return;
      const { sessionId } = asked;
      const inSession = sessionId === undefined ? {} : { sessionId };
      if (sessionId !== undefined && !sessions.isOwn(sessionId))
        return deliver({ id, error: NO_SESSION, ...inSession });
      const isFull = waiting.size >= MAX_WAITING || trunk.backlog() >= MAX_BACKLOG;
      const command = isFull ? 'too many commands wait for the browser' : allowed(asked);
      if (typeof command === 'string') return deliver({ id, error: refused(command), ...inSession });
      const departures = targets.departures(sessionId);
      const forget = trunk.send({ ...command, sessionId: sessionId ?? root }, (answer) => {
        waiting.delete(forget);
        if (!open) return;
        const { browserContextId } = answer.result ?? {};
        if (isConfined && command.method === 'Target.createBrowserContext' && browserContextId !== undefined)
          post(saveNothing(root, { browserContextId }));
        // It may have left the web while the command was on its way, and even have come back: commands go on in the page that comes next.
        const hasLeft = isHidden(sessionId) || (isConfined && targets.departures(sessionId) !== departures);
        const error = hasLeft && !isForAnyPage(command.method) ? refused('this page has left the web') : null;
        deliver(error === null ? { ...shown(answer), id } : { id, error, ...inSession });
      });
      waiting.add(forget);
    },
    close() {
      if (!open) return;
      open = false;
      for (const forget of waiting) forget();
      sessions.forgetAll();
      trunk.send({ method: 'Target.detachFromTarget', params: { sessionId: root } }, () => undefined);
    },
  };
}

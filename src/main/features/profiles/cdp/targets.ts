/** Which pages the sessions of a client belong to, as the browser tells it. */
import { z } from 'zod';
import { isWeb } from './confined.ts';
import type { Message } from './messages.ts';

const Info = z.object({ targetId: z.string(), url: z.string() });
const Attached = z.object({ sessionId: z.string(), targetInfo: Info });
const Detached = z.object({ sessionId: z.string() });
const Told = z.object({ targetInfo: Info });
const Gone = z.object({ targetId: z.string() });

/** Follows the events of a browser that is asked to tell of its targets. */
export function createTargets() {
  /** Targets by their sessions, and which of them are not of the web. */
  const targets = new Map<string, string>();
  const foreign = new Set<string>();
  function note({ targetId, url }: z.infer<typeof Info>): void {
    if (isWeb(url)) foreign.delete(targetId);
    else foreign.add(targetId);
  }
  return {
    note({ method, params }: Message): void {
      const attached = method === 'Target.attachedToTarget' ? Attached.safeParse(params).data : undefined;
      if (attached) {
        targets.set(attached.sessionId, attached.targetInfo.targetId);
        note(attached.targetInfo);
      }
      const detached = method === 'Target.detachedFromTarget' ? Detached.safeParse(params).data : undefined;
      if (detached) targets.delete(detached.sessionId);
      const isTold = method === 'Target.targetInfoChanged' || method === 'Target.targetCreated';
      const told = isTold ? Told.safeParse(params).data : undefined;
      if (told) note(told.targetInfo);
      const gone = method === 'Target.targetDestroyed' ? Gone.safeParse(params).data : undefined;
      if (gone) foreign.delete(gone.targetId);
    },
    /** Whether the page of a session is not one of the web. */
    isForeign(sessionId: string): boolean {
      const target = targets.get(sessionId);
      return target !== undefined && foreign.has(target);
    },
  };
}

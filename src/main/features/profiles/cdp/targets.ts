/** Which pages the sessions of a client belong to, as the browser tells it. */
import { z } from 'zod';
import type { Message } from './messages.ts';
import { isInherited, isWeb } from './web.ts';

const Info = z.object({
  targetId: z.string(),
  url: z.string(),
  openerId: z.string().optional(),
  parentId: z.string().optional(),
  type: z.string().optional(),
});
const Attached = z.object({ sessionId: z.string(), targetInfo: Info });
const Detached = z.object({ sessionId: z.string() });
const Told = z.object({ targetInfo: Info });
const Gone = z.object({ targetId: z.string() });
const Navigated = z.object({
  frame: z.object({ id: z.string().optional(), url: z.string(), parentId: z.string().optional() }),
});

/**
 * Follows the events of a browser that is asked to tell of its targets.
 * @param earlier who has followed them since the browser was started: where a page without an address has its rights from, it may have gone since
 */
export function createTargets(earlier: { has(targetId: string): boolean } = { has: () => false }) {
  /** Targets by their sessions. */
  const targets = new Map<string, string>();
  /** Sessions with the browser as a whole. */
  const whole = new Set<string>();
  /** Targets, and sessions by what their pages say, that are not of the web. */
  const foreign = new Set<string>();
  /** How often they have left it. */
  const departures = new Map<string, number>();
  /** Whether all targets that were there before have been told. */
  let complete = false;

  /** A page without an address of its own reads what opened it; where that has been before anybody looked is not known. */
  function isForeignAt({ targetId, url, openerId, parentId }: z.infer<typeof Info>): boolean {
    if (!isInherited(url)) return !isWeb(url);
    if (foreign.has(targetId) || earlier.has(targetId) || (parentId !== undefined && foreign.has(parentId)))
      return true;
    return openerId !== undefined && (!complete || foreign.has(openerId));
  }
  function mark(id: string, isForeign: boolean): void {
    if (!isForeign) foreign.delete(id);
    else if (!foreign.has(id)) {
      foreign.add(id);
      departures.set(id, (departures.get(id) ?? 0) + 1);
    }
  }
  function forget(id: string): void {
    foreign.delete(id);
    departures.delete(id);
  }
  /** Whether it is the frame that a session is with; one with a process of its own has a parent elsewhere. */
  const isOwn = ({ id, parentId }: z.infer<typeof Navigated>['frame'], sessionId: string) =>
    parentId === undefined || id === targets.get(sessionId);
  const note = (info: z.infer<typeof Info>) => mark(info.targetId, isForeignAt(info));

  return {
    note({ method, params, sessionId }: Message): void {
      const attached = method === 'Target.attachedToTarget' ? Attached.safeParse(params).data : undefined;
      if (attached) {
        targets.set(attached.sessionId, attached.targetInfo.targetId);
        if (attached.targetInfo.type === 'browser') whole.add(attached.sessionId);
        note(attached.targetInfo);
      }
      const detached = method === 'Target.detachedFromTarget' ? Detached.safeParse(params).data : undefined;
      if (detached) {
        targets.delete(detached.sessionId);
        whole.delete(detached.sessionId);
        forget(detached.sessionId);
      }
      const isTold = method === 'Target.targetInfoChanged' || method === 'Target.targetCreated';
      const told = isTold ? Told.safeParse(params).data : undefined;
      if (told) note(told.targetInfo);
      // The page itself says so before its answers, the browser perhaps after them.
      const frame = method === 'Page.frameNavigated' ? Navigated.safeParse(params).data?.frame : undefined;
      if (frame && sessionId !== undefined && isOwn(frame, sessionId) && !isInherited(frame.url))
        mark(sessionId, !isWeb(frame.url));
      const gone = method === 'Target.targetDestroyed' ? Gone.safeParse(params).data : undefined;
      if (gone) forget(gone.targetId);
    },
    /** To be called when the browser has told of all targets that there are. */
    completed(): void {
      complete = true;
    },
    /** Whether a session is with the browser as a whole. */
    isWhole: (sessionId: string | undefined): boolean => sessionId === undefined || whole.has(sessionId),
    /** Whether a target is not of the web. */
    has: (targetId: string): boolean => foreign.has(targetId),
    /** Whether the page of a session is not one of the web. */
    isForeign: (sessionId: string): boolean => foreign.has(sessionId) || foreign.has(targets.get(sessionId) ?? ''),
    /** How often the page of a session has left the web. */
    departures: (sessionId = ''): number =>
      (departures.get(sessionId) ?? 0) + (departures.get(targets.get(sessionId) ?? '') ?? 0),
  };
}

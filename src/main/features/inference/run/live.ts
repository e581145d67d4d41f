/** Generations that run or wait for a place, so that they can be stopped and counted. */
import type { Clock } from '../../../core/clock.ts';

/** A generation, by the names with which it can be stopped. */
export interface LiveGeneration {
  requestId: string;
  /** Id of the principal that asked. */
  caller: string;
  sessionId: string | undefined;
  /** Aborted by an order to stop: what was written so far is the answer. */
  readonly stop: AbortController;
}

/** Which generations to stop or count; members that are absent match all. */
export interface StopTarget {
  requestId?: string | undefined;
  sessionId?: string | undefined;
  /** Null: of all callers. */
  caller: string | null;
}

export type Live = ReturnType<typeof createLive>;

export function createLive(clock: Clock) {
  const live = new Set<LiveGeneration>();
  /** Time of the last stop by session, unix ms; under null, of any generation. */
  const stops = new Map<string | null, number>();
  const matches = (one: LiveGeneration, { requestId, sessionId, caller }: StopTarget) =>
    (requestId === undefined || one.requestId === requestId) &&
    (sessionId === undefined || one.sessionId === sessionId) &&
    (caller === null || one.caller === caller);

  return {
    /** @returns removes it; called when the generation has ended */
    begin(generation: LiveGeneration): () => void {
      live.add(generation);
      // A session in which something runs again is not halted any more.
      stops.delete(generation.sessionId ?? null);
      return () => live.delete(generation);
    },
    /** @returns how many were stopped */
    stop(target: StopTarget): number {
      const found = [...live].filter((one) => matches(one, target));
      for (const one of found) one.stop.abort();
      if (found.length > 0) {
        stops.set(null, clock.now());
        if (stops.size > 1000) stops.clear();
        for (const { sessionId } of found) if (sessionId !== undefined) stops.set(sessionId, clock.now());
      }
      return found.length;
    },
    active: (target: StopTarget) => [...live].filter((one) => matches(one, target)).length,
    /** When generations were stopped last, ms; null when something was begun since. */
    stoppedAt: (sessionId: string | undefined) => stops.get(sessionId ?? null) ?? null,
  };
}

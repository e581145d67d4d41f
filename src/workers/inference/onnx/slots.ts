/** Places for sequences: what an earlier request has computed is kept for the next one that begins alike. */
import type { Sequence } from './decoder.ts';

export interface Slot {
  /** Null when nothing was computed yet. */
  kept: Sequence | null;
  release(): void;
}

export interface Slots {
  /** The free place that has most of the tokens already. @throws the signal's reason */
  take(tokens: readonly number[], signal: AbortSignal): Promise<Slot>;
}

export function commonPrefix(one: readonly number[], other: readonly number[]): number {
  const end = Math.min(one.length, other.length);
  let at = 0;
  while (at < end && one[at] === other[at]) at++;
  return at;
}

export function createSlots(count: number): Slots {
  const free: (Sequence | null)[] = new Array<null>(count).fill(null);
  const waiting = new Set<() => void>();
  return {
    async take(tokens, signal) {
      while (free.length === 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.add(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
        await promise;
        waiting.delete(resolve);
        signal.throwIfAborted();
      }
      const fits = free.map((kept) => (kept === null ? 0 : commonPrefix(kept.tokens, tokens)));
      const [kept = null] = free.splice(fits.indexOf(Math.max(...fits)), 1);
      const slot: Slot = {
        kept,
        release() {
          free.push(slot.kept);
          // All of them look: one that has been aborted meanwhile would waste the turn.
          for (const wake of waiting) wake();
        },
      };
      return slot;
    },
  };
}

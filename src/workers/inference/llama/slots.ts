/** The sequences of a context: each computes one request at a time and keeps what it has computed for the next one that begins alike. */
import type { LlamaContext, LlamaContextSequence, Token } from 'node-llama-cpp';
import type { Drafter } from './drafter.ts';

export interface Slot {
  readonly sequence: LlamaContextSequence;
  /** Null when the model cannot go back to before a token that was refused. */
  readonly drafter: Drafter | null;
  release(): void;
}

export interface Slots {
  /** The free sequence that has most of the tokens already; waits for one when all are busy. @throws the signal's reason */
  take(tokens: readonly Token[], signal: AbortSignal): Promise<Slot>;
}

function commonPrefix(a: readonly Token[], b: readonly Token[]): number {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a[at] === b[at]) at++;
  return at;
}

/** Takes every sequence of the context. @param drafterOf what drafts for each of them */
export function createSlots(context: LlamaContext, drafterOf: () => Drafter | null = () => null): Slots {
  const free: Omit<Slot, 'release'>[] = [];
  while (context.sequencesLeft > 0) {
    const drafter = drafterOf();
    free.push({ drafter, sequence: context.getSequence(drafter === null ? {} : { tokenPredictor: drafter }) });
  }
  const waiting = new Set<() => void>();
  const wakeNext = () => {
    const [next] = waiting;
    if (next === undefined) return;
    waiting.delete(next);
    next();
  };

  return {
    async take(tokens, signal) {
      while (free.length === 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.add(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
        await promise;
        if (signal.aborted) {
          // It must not be woken in the place of one that still waits.
          waiting.delete(resolve);
          if (free.length > 0) wakeNext();
          throw signal.reason;
        }
      }
      const fits = free.map(({ sequence }) => commonPrefix(sequence.contextTokens, tokens));
      const [taken] = free.splice(fits.indexOf(Math.max(...fits)), 1);
      if (taken === undefined) throw new Error('there is no free sequence');
      return {
        ...taken,
        release() {
          free.push(taken);
          wakeNext();
        },
      };
    },
  };
}

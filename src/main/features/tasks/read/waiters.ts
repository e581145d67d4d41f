/** A condition variable for readers of something shared: a log, the events of a task. */
import type { TimeSlicer } from '../../../core/scheduling/time-slicer.ts';

/** See {@link createWaiters}. */
export interface Waiters {
  /** Resolves at the next {@link notify}, or when the signal is aborted. */
  more(signal: AbortSignal): Promise<void>;
  /** Wakes all waiters, a few in each turn of the event loop; calls until then are coalesced. */
  notify(): void;
}

/** Creates an empty set of waiters. */
export function createWaiters(timeSlicer: TimeSlicer): Waiters {
  const waiting = new Set<() => void>();
  let notifying = false;
  return {
    more: (signal) =>
      new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
        if (signal.aborted) wake();
      }),
    notify() {
      if (notifying || waiting.size === 0) return;
      notifying = true;
      timeSlicer.run(() => {
        notifying = false;
        const woken = [...waiting];
        waiting.clear();
        for (const wake of woken) timeSlicer.run(wake);
      });
    },
  };
}

/** Readers that wait for more of something they share: a log, the events of a task. */
import type { TimeSlicer } from '../../../core/time-slicer.ts';

/** See {@link createWaiters}. */
export interface Waiters {
  /** Resolves at the next {@link notify}, or when the signal is aborted. */
  more(signal: AbortSignal): Promise<void>;
  /** Wakes everyone who waits, a few in each turn of the event loop; calls before that happens are one. */
  notify(): void;
}

/** Creates a list nobody waits on. */
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

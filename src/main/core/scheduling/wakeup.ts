/** Waiting for news without missing any: a call of `notify` before the wait counts too. */

/** See {@link createWakeup}. */
export interface Wakeup {
  notify(): void;
  /** Resolves at the first {@link notify} since the last wait began, or when the signal is aborted. */
  wait(): Promise<void>;
  /** Stops listening to the signal. */
  dispose(): void;
}

/** @param signal ends the wait */
export function createWakeup(signal: AbortSignal): Wakeup {
  let notified = signal.aborted;
  let resolve: () => void = () => undefined;
  const notify = () => {
    notified = true;
    resolve();
  };
  signal.addEventListener('abort', notify, { once: true });
  return {
    notify,
    async wait() {
      if (!notified) {
        await new Promise<void>((done) => {
          resolve = done;
        });
      }
      notified = signal.aborted;
    },
    dispose: () => signal.removeEventListener('abort', notify),
  };
}

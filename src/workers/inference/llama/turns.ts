/** Work that cannot be stopped, one after the other. */

/** Runs work in its turn. @returns its result, or the signal's reason as soon as the caller leaves: what has begun goes on, what has not never does */
export function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return function native<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const turn = last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    last = turn.catch(() => undefined);
    return new Promise<T>((resolve, reject) => {
      const leave = () => reject(signal.reason);
      if (signal.aborted) leave();
      signal.addEventListener('abort', leave, { once: true });
      turn.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  };
}

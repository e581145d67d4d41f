/** Listeners never throw into their emitter: the error is reported, and the other listeners are called. */

/** `listener` with its errors given to `report` instead of the caller. */
export function guarded<Args extends unknown[]>(
  listener: (...args: Args) => void,
  report: (error: unknown) => void,
): (...args: Args) => void {
  return (...args) => {
    try {
      listener(...args);
    } catch (error) {
      report(error);
    }
  };
}

/** A set of listeners of one event. */
export interface Listeners<Args extends unknown[]> {
  /** @returns removes it */
  add(listener: (...args: Args) => void): () => void;
  notify(...args: Args): void;
}

/** @param report called with each error that a listener throws */
export function createListeners<Args extends unknown[]>(report: (error: unknown) => void): Listeners<Args> {
  const listeners = new Set<(...args: Args) => void>();
  return {
    add(listener) {
      // A function of its own, so that adding one listener twice and removing it once leaves one.
      const added = guarded(listener, report);
      listeners.add(added);
      return () => void listeners.delete(added);
    },
    notify(...args) {
      for (const listener of listeners) listener(...args);
    },
  };
}

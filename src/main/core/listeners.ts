/** Sets of listeners. A listener never throws into its emitter: the error is reported, and the others are called. */

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
      // Its own function, so that adding one listener twice and removing it once leaves one.
      const added = (...args: Args) => listener(...args);
      listeners.add(added);
      return () => void listeners.delete(added);
    },
    notify(...args) {
      for (const listener of listeners) {
        try {
          listener(...args);
        } catch (error) {
          report(error);
        }
      }
    },
  };
}

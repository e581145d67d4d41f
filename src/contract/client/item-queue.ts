/** A queue that is filled by callbacks and drained by one async iterator. */

/** The filling side. */
export interface ItemQueue {
  push(item: unknown): void;
  /** Ends the iteration after what was pushed, with `error` if there is one. */
  end(error?: Error): void;
  items(): AsyncGenerator<unknown, void>;
}

/** Creates an empty queue. */
export function createItemQueue(): ItemQueue {
  let waiting: unknown[] = [];
  let ended: { error: Error | undefined } | undefined;
  let wake: () => void = () => {};
  return {
    push(item) {
      waiting.push(item);
      wake();
    },
    end(error) {
      ended ??= { error };
      wake();
    },
    async *items() {
      for (;;) {
        const batch = waiting;
        waiting = [];
        yield* batch;
        if (waiting.length > 0) continue;
        if (ended?.error) throw ended.error;
        if (ended) return;
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      }
    },
  };
}

/** Shares the event loop between everything that has much to do: log readers, followers, retention. */

/** Runs pieces of work one after the other, a few ms per turn of the event loop, so that a flood of work delays nothing else. */
export interface TimeSlicer {
  /** Runs `work` in this or a later turn, in order of request. */
  run(work: () => void): void;
  /** Resolves in a later turn. */
  next(): Promise<void>;
}

/** Time that one turn may take, ms: well below the 20 ms that the host promises at most. */
const SLICE_MS = 4;

/** Creates an empty queue of work. */
export function createTimeSlicer(): TimeSlicer {
  const queue: (() => void)[] = [];
  let head = 0;
  let planned = false;

  function plan(): void {
    if (planned) return;
    planned = true;
    setImmediate(() => void turn());
  }

  async function turn(): Promise<void> {
    const end = performance.now() + SLICE_MS;
    while (head < queue.length) {
      const work = queue[head];
      head += 1;
      work?.();
      // Lets what waited for `next` go on now, so that its time counts.
      await undefined;
      if (performance.now() >= end) break;
    }
    planned = false;
    if (head >= queue.length) {
      queue.length = 0;
      head = 0;
      return;
    }
    if (head > 1024) {
      queue.splice(0, head);
      head = 0;
    }
    plan();
  }

  return {
    run(work) {
      queue.push(work);
      plan();
    },
    next: () =>
      new Promise((resolve) => {
        queue.push(resolve);
        plan();
      }),
  };
}

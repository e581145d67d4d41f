/**
 * Places to compute on a model. When all are taken, requests wait in a bounded queue, and callers take turns. A full queue is shared out: who
 * has less of it than another takes the place of the newest request of whoever has most.
 */
import { AppError } from '../../../../contract/kernel/errors.ts';

interface Waiting {
  caller: string;
  enter(): void;
  refuse(error: AppError): void;
}

export interface Turns {
  /**
   * Waits for a place. @returns releases it
   * @throws AppError `resource-limit-exceeded` when too many wait, also later when somebody with less needs room; `cancelled` when the caller has left
   */
  enter(caller: string, signal: AbortSignal): Promise<() => void>;
  active(): number;
  /** Each place: since when it is taken, by the clock that was given; null for a free one. */
  slots(): readonly (number | null)[];
  waiting(): number;
}

/**
 * @param maxWaiting asked at each entry, because the setting may change
 * @param now monotonic time
 */
export function createTurns(places: number, maxWaiting: () => number, now: () => number): Turns {
  const slots: (number | null)[] = Array.from({ length: places }, () => null);
  let active = 0;
  let queue: Waiting[] = [];
  /** Number of the turn in which each caller was served last. */
  const served = new Map<string, number>();
  let turn = 0;

  function next(): void {
    if (active >= places || queue.length === 0) return;
    const since = ({ caller }: Waiting) => served.get(caller) ?? -1;
    // On a tie the one that came first wins.
    const chosen = queue.reduce((best, one) => (since(one) < since(best) ? one : best));
    queue = queue.filter((one) => one !== chosen);
    chosen.enter();
  }

  function begin(caller: string): () => void {
    const slot = slots.indexOf(null);
    slots[slot] = now();
    active += 1;
    turn += 1;
    served.set(caller, turn);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      slots[slot] = null;
      active -= 1;
      if (queue.length === 0 && active === 0) served.clear();
      next();
    };
  }

  const full = (limit: number) =>
    new AppError('resource-limit-exceeded', undefined, {
      extra: { resource: 'inference_queue', limit, current: queue.length, retry_after: 1 },
    });

  /** Of a full queue, the request that gives way to one more of a caller, or undefined when nobody has more than its share. */
  function surplus(caller: string): Waiting | undefined {
    const counts = new Map<string, number>();
    for (const one of queue) counts.set(one.caller, (counts.get(one.caller) ?? 0) + 1);
    const [most, count] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ['', 0]);
    // With one more each would have as much as the other, or nearly so.
    return count > (counts.get(caller) ?? 0) + 1 ? queue.findLast((one) => one.caller === most) : undefined;
  }

  return {
    async enter(caller, signal) {
      if (signal.aborted) throw new AppError('cancelled');
      if (active < places && queue.length === 0) return begin(caller);
      const limit = maxWaiting();
      if (queue.length >= limit) {
        const error = full(limit);
        const gone = surplus(caller);
        if (gone === undefined) throw error;
        queue = queue.filter((one) => one !== gone);
        gone.refuse(error);
      }
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      const waiting: Waiting = { caller, enter: () => resolve(begin(caller)), refuse: reject };
      const leave = () => {
        queue = queue.filter((one) => one !== waiting);
        reject(new AppError('cancelled'));
      };
      queue.push(waiting);
      signal.addEventListener('abort', leave, { once: true });
      try {
        return await promise;
      } finally {
        signal.removeEventListener('abort', leave);
      }
    },
    active: () => active,
    slots: () => slots,
    waiting: () => queue.length,
  };
}

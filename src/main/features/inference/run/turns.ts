/** Places to compute on a model. When all are taken, requests wait in a bounded queue, and callers take turns. */
import { AppError } from '../../../../contract/kernel/errors.ts';

interface Waiting {
  caller: string;
  enter(): void;
}

export interface Turns {
  /**
   * Waits for a place. @returns releases it
   * @throws AppError `resource-limit-exceeded` when too many wait, `cancelled` when the caller has left
   */
  enter(caller: string, signal: AbortSignal): Promise<() => void>;
  active(): number;
  waiting(): number;
}

/** @param maxWaiting asked at each entry, because the setting may change */
export function createTurns(places: number, maxWaiting: () => number): Turns {
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
    active += 1;
    turn += 1;
    served.set(caller, turn);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      active -= 1;
      if (queue.length === 0 && active === 0) served.clear();
      next();
    };
  }

  return {
    async enter(caller, signal) {
      if (signal.aborted) throw new AppError('cancelled');
      if (active < places && queue.length === 0) return begin(caller);
      const limit = maxWaiting();
      if (queue.length >= limit)
        throw new AppError('resource-limit-exceeded', undefined, {
          extra: { resource: 'inference_queue', limit, current: queue.length, retry_after: 1 },
        });
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      const waiting: Waiting = { caller, enter: () => resolve(begin(caller)) };
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
    waiting: () => queue.length,
  };
}

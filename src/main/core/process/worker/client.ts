/** Requests to a supervised worker process: each is answered, or fails by its deadline, a cancel, or the end of the process. */
import type { z } from 'zod';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { ITEM_WINDOW } from '../../../../contract/kernel/worker-frames.ts';
import { type ClientOptions, createCalls } from './calls.ts';
import { createPacedQueue } from './open-requests.ts';
import type { WorkerDeps } from './process.ts';

/** A supervised worker; see {@link createWorkerClient}. */
export interface WorkerClient<Ask, Answer, Item> {
  /**
   * @throws AppError `cancelled`, `gateway-timeout` after the deadline, `worker-crashed` when the process ended with the request pending,
   *   `service-unavailable` with `retry_after` (s) while the circuit is open or after `stop`; or the problem that the worker answered
   */
  request(body: Ask, options: { deadlineMs: number; signal?: AbortSignal }): Promise<Answer>;
  /**
   * The items of a request at the reader's pace, then its answer as the return value. A reader that leaves cancels the request.
   * @param options.idleMs longest time between two items while the reader waits for one
   * @throws as `request` does
   */
  stream(body: Ask, options: { idleMs: number; signal?: AbortSignal }): AsyncGenerator<Item, Answer, void>;
  /** Why the circuit is open, or null. */
  openBecause(): string | null;
  /** Ends the process and fails what is pending. Resolves when no process is left. */
  stop(graceMs: number): Promise<void>;
}

/** Items that are read before the worker is granted as many more (flow control). */
const MORE_EVERY = ITEM_WINDOW / 2;

/** Creates the client; no process is started before the first request. */
export function createWorkerClient<Ask extends z.ZodType, Answer extends z.ZodType, Item extends z.ZodType>(
  deps: WorkerDeps,
  options: ClientOptions<Ask, Answer, Item>,
): WorkerClient<z.input<Ask>, z.output<Answer>, z.output<Item>> {
  const { clock } = deps;
  const { worker, open, fail } = createCalls(deps, options);

  return {
    async request(body, { deadlineMs, signal }) {
      const { answer, leave, done } = open(body, signal, () => undefined);
      const cancelDeadline = clock.schedule(() => leave(new AppError('gateway-timeout')), deadlineMs);
      try {
        return await answer;
      } finally {
        cancelDeadline();
        done();
      }
    },
    async *stream(body, { idleMs, signal }) {
      const queue = createPacedQueue<z.output<Item>>();
      const { id, answer, leave, done } = open(body, signal, queue.push);
      answer.then(queue.end, queue.end);
      let taken = 0;
      try {
        for (;;) {
          const stopIdle = clock.schedule(() => leave(new AppError('gateway-timeout')), idleMs);
          const next = await queue.next().finally(stopIdle);
          // A caller that has cancelled does not want the items that are still queued.
          if (next === null || signal?.aborted) return await answer;
          yield next.item;
          taken += 1;
          if (taken % MORE_EVERY === 0) worker.send({ t: 'more', id, count: MORE_EVERY });
        }
      } finally {
        leave(new AppError('cancelled'));
        done();
      }
    },
    openBecause: worker.openBecause,
    async stop(graceMs) {
      await worker.stop({ t: 'stop' }, graceMs);
      fail(new AppError('worker-crashed', 'The worker was stopped.'));
    },
  };
}

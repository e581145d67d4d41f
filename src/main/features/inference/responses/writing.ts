/** Responses in progress, so that their callers can cancel them. */
import type { ResponseEvent, ResponseObject } from '../../../../contract/models/openai/responses.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Live } from '../run/live.ts';

/** How long a cancel waits for the response to end, ms; a slow reader may hold up its last events. */
const END_WAIT_MS = 2_000;

/** One response that is being written. */
interface Writing {
  readonly base: ResponseObject;
  readonly principal: string;
  readonly requestId: string;
  cancelled: boolean;
  /** Resolves with the final response; null when its reader has left. */
  readonly ended: PromiseWithResolvers<ResponseObject | null>;
}

export function createWriting(live: Live, clock: Clock) {
  const all = new Map<string, Writing>();

  return {
    /** Passes the events on and registers the response until it ends. @param events gets a function that tells whether it was cancelled */
    async *watch(
      base: ResponseObject,
      principal: string,
      requestId: string,
      events: (isCancelled: () => boolean) => AsyncGenerator<ResponseEvent, void, void>,
    ): AsyncGenerator<ResponseEvent, void, void> {
      const writing: Writing = { base, principal, requestId, cancelled: false, ended: Promise.withResolvers() };
      all.set(base.id, writing);
      let last: ResponseObject | null = null;
      try {
        for await (const event of events(() => writing.cancelled)) {
          if ('response' in event && event.response.status !== 'in_progress') last = event.response;
          if (last !== null) all.delete(base.id);
          yield event;
        }
      } finally {
        all.delete(base.id);
        writing.ended.resolve(last);
      }
    },
    /**
     * Ends a response. @returns it with what was written so far;
     *   undefined when it is not in progress or belongs to another caller
     */
    async cancel(id: string, principal: string): Promise<ResponseObject | undefined> {
      const writing = all.get(id);
      if (writing === undefined || writing.principal !== principal) return undefined;
      writing.cancelled = true;
      live.stop({ requestId: writing.requestId, caller: principal });
      const timeout = Promise.withResolvers<null>();
      const stopWaiting = clock.schedule(() => timeout.resolve(null), END_WAIT_MS);
      const response = await Promise.race([writing.ended.promise, timeout.promise]);
      stopWaiting();
      return response ?? { ...writing.base, status: 'cancelled' };
    },
  };
}

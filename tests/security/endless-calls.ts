/** Calls that never end and look at nothing, the worst that a feature can do. */
import type { CallContext } from '../../src/main/core/operation/operation.ts';
import type { Dialect } from '../../src/main/doors/index.ts';
import type { TestHandlers } from '../support/doors.ts';

const TASK = `tsk_${'0'.repeat(26)}`;

/** See {@link endlessCalls}. */
export interface EndlessCalls {
  handlers: TestHandlers;
  /** Settles when the handler of a call runs. */
  begun: PromiseWithResolvers<void>;
  /** Signals of the calls that ran. */
  signals: AbortSignal[];
}

/** Handlers of a call, a stream, and a stream of more at once than the buffers between the two ends hold. */
export function endlessCalls(): EndlessCalls {
  const begun = Promise.withResolvers<void>();
  const signals: AbortSignal[] = [];
  const handlers = {
    tasks_get(_input: never, { signal }: CallContext) {
      signals.push(signal);
      begun.resolve();
      return new Promise(() => undefined);
    },
    async *tasks_follow(_input: never, { signal }: CallContext) {
      signals.push(signal);
      yield { seq: 1, type: 'step', at: '2026-11-20T10:50:00.000Z', data: null };
      begun.resolve();
      await new Promise(() => undefined);
    },
    async *changes_follow(_input: never, { signal }: CallContext) {
      signals.push(signal);
      for (let seq = 1; ; seq++) {
        // With the headers sent and this item on its way, the next one is never asked for.
        setImmediate(begun.resolve);
        yield {
          seq,
          at: '2026-11-20T10:50:00.000Z',
          type: 'x'.repeat(8_000_000),
          entity: 'task',
          id: TASK,
          version: null,
          data: null,
        };
        await new Promise(setImmediate);
      }
    },
  } as unknown as TestHandlers;
  return { handlers, begun, signals };
}

/** A dialect with one stream. */
export const lines: Dialect = {
  name: 'lines',
  problem: (error) => ({ error: error.slug }),
  register(_app, kit) {
    kit.route({
      method: 'GET',
      url: '/lines/:id',
      operation: 'tasks_follow',
      async answer({ request, run, stream }) {
        const result = await run(request.params);
        if (result.kind !== 'stream') throw new Error('no stream');
        await stream(result.items, { item: () => 'line\n\n', failure: ({ slug }) => `${slug}\n\n` });
      },
    });
  },
};

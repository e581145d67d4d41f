/** One connection to the host: typed calls and streams over any transport. */
import type { AppError } from '../kernel/errors.ts';
import type { Client, ClientOptions, StreamOptions } from './client-types.ts';
import { createItemQueue } from './item-queue.ts';
import { createLink } from './link.ts';
import { cancelledError, createLiveCalls, type LiveCalls } from './live-calls.ts';
import { createPosition } from './resume.ts';
import { createStatus } from './status.ts';

/** 0.5 s, 1 s, 2 s, 4 s, then 8 s, each up to a fifth longer so that many clients do not return at once. */
export function defaultBackoff(attempt: number): number {
  return Math.min(8_000, 500 * 2 ** (attempt - 1)) * (1 + Math.random() / 5);
}

/** Creates a client and starts to connect. */
export function createClient(options: ClientOptions): Client {
  const { reconnect } = options;
  const status = createStatus();
  const link = createLink(options, status, {
    online: () => calls.online(),
    frame: (frame) => calls.receive(frame),
    lost: (final) => calls.lost(final),
  });
  const calls: LiveCalls = createLiveCalls((frame) => link.send(frame), status, reconnect !== undefined);
  link.open();

  return {
    call: (op, input, { signal, idem } = {}) => {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      calls.open({
        request: () => ({ op, input, ...(idem === undefined ? {} : { idem }) }),
        resumes: false,
        signal,
        ok: resolve,
        fail: reject,
        cancelled: () => reject(cancelledError()),
      });
      // The host has validated its answer against the same contract.
      return promise as Promise<never>;
    },
    stream: (op, input, options) => {
      const { signal, since, onItem, onEnd, onError } = options as StreamOptions<unknown>;
      const position = createPosition(since);
      const isHistory = reconnect?.isHistory(op) ?? false;
      let { history } = status.get();
      calls.open({
        request: () => {
          const now = status.get().history;
          if (history !== null && now !== history) position.restart();
          history = now;
          return { op, input: position.since === undefined ? (input ?? {}) : { ...input, since: position.since } };
        },
        resumes: reconnect !== undefined,
        signal,
        next: (seq, item) => {
          if (!isHistory || position.accept(seq, item)) onItem(item);
        },
        end: () => onEnd?.(),
        fail: (error) => onError?.(error),
      });
    },
    async *raw(op, input, { signal, idem } = {}) {
      const queue = createItemQueue();
      const cancel = calls.open({
        request: () => ({ op, input, ...(idem === undefined ? {} : { idem }) }),
        resumes: false,
        signal,
        next: (_seq, item) => queue.push(item),
        ok: (value) => {
          queue.push(value);
          queue.end();
        },
        end: () => queue.end(),
        fail: queue.end,
        cancelled: () => queue.end(cancelledError()),
      });
      try {
        yield* queue.items();
      } finally {
        cancel();
      }
    },
    status: status.get,
    subscribe: status.subscribe,
    retry: () => link.retry(),
    close: () => link.close(),
  };
}

/** Settles when a new client is online. @throws AppError `onFailure` when its first attempt fails */
export async function whenOnline(client: Client, onFailure: () => AppError): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const check = () => {
    const { phase } = client.status();
    if (phase === 'online') resolve();
    else if (phase !== 'connecting') reject(onFailure());
  };
  const stop = client.subscribe(check);
  check();
  await promise.finally(stop);
}

/** The worker's side of `core/process/worker/client`: requests, their cancel, and the pace at which the host takes items. */
import { z } from 'zod';
import { AppError, problemOf, toAppError } from '../../contract/kernel/errors.ts';
import { parseSafely } from '../../contract/kernel/parse.ts';
import { ITEM_WINDOW, type ToWorker, type WorkerReply } from '../../contract/kernel/worker-frames.ts';
import type { Port } from './port.ts';

/** One request that is worked on. */
export interface Call<Item> {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Sends an item; settles when the host takes another one. @throws the signal's reason */
  emit(item: Item): Promise<void>;
}

interface Open {
  controller: AbortController;
  credit: number;
  wake: () => void;
  /** Sends the items that wait for others. */
  flush: () => void;
}

/** Items that follow the last message within this time go together, ms: a message costs both processes as much as a small token takes to compute. */
const TOGETHER_MS = 4;

/** Items that go at once at the beginning: that the work has begun, and the first of what somebody waits for. */
const AT_ONCE = 2;

/** Collects the items of a request. The first ones, and each that comes after a pause, go at once. */
function createParcel<Item>(send: (items: Item[]) => void) {
  let items: Item[] = [];
  let messages = 0;
  let lastSent = 0;
  let timer: NodeJS.Timeout | undefined;
  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (items.length === 0) return;
    lastSent = performance.now();
    messages += 1;
    send(items);
    items = [];
  }
  return {
    add(item: Item): void {
      items.push(item);
      const wait = TOGETHER_MS - (performance.now() - lastSent);
      if (messages < AT_ONCE || wait <= 0) flush();
      else timer ??= setTimeout(flush, wait);
    },
    flush,
  };
}

/** As much of a frame as an answer needs. */
const Numbered = z.object({ id: z.int() });

/** Why the work on a request ended early. */
export const cancelled = () => new AppError('cancelled');

/** A frame that cannot be read is the failure of its own request: the others are still worked on. */
function refuse(message: unknown, send: (reply: WorkerReply<never, never>) => void): void {
  const { data } = Numbered.safeParse(message);
  if (data === undefined) return;
  const error = new AppError('unprocessable-entity', 'The worker cannot read the request.');
  send({ t: 'failed', id: data.id, error: problemOf(error) });
}

/** Serves until the host says stop or goes away; the process then ends. */
export function serve<Ask, Item, Answer>(
  port: Port,
  messages: z.ZodType<ToWorker<Ask>>,
  answer: (ask: Ask, call: Call<Item>) => Promise<Answer>,
): void {
  const open = new Map<number, Open>();
  const send = (reply: WorkerReply<Item, Answer>) => port.send(reply);

  async function work(id: number, ask: Ask): Promise<void> {
    const parcel = createParcel<Item>((bodies) => send({ t: 'items', id, bodies }));
    const { flush } = parcel;
    const request: Open = { controller: new AbortController(), credit: ITEM_WINDOW, wake: () => {}, flush };
    open.set(id, request);
    const { signal } = request.controller;
    const call: Call<Item> = {
      signal,
      async emit(item) {
        signal.throwIfAborted();
        parcel.add(item);
        request.credit -= 1;
        if (request.credit <= 0) flush();
        while (request.credit <= 0 && !signal.aborted)
          await new Promise<void>((resolve) => {
            request.wake = resolve;
          });
        signal.throwIfAborted();
      },
    };
    try {
      const body = await answer(ask, call);
      flush();
      send({ t: 'answer', id, body });
    } catch (thrown) {
      flush();
      const error = signal.aborted ? cancelled() : toAppError(thrown);
      // The cause would be lost at the border of the process.
      const cause = error.cause instanceof Error ? { context: error.cause.message.slice(0, 500) } : {};
      send({ t: 'failed', id, error: { ...problemOf(error), ...cause } });
    } finally {
      open.delete(id);
    }
  }

  port.onMessage((message) => {
    const { data: frame } = parseSafely(messages, message);
    if (frame === undefined) return refuse(message, send);
    switch (frame.t) {
      case 'request':
        return void work(frame.id, frame.body);
      case 'cancel': {
        const request = open.get(frame.id);
        if (request === undefined) return;
        // Should it be ended for this, the host knows that nothing has kept it from hearing so.
        send({ t: 'items', id: frame.id, bodies: [] });
        request.controller.abort(cancelled());
        return request.wake();
      }
      case 'more': {
        const request = open.get(frame.id);
        if (request === undefined) return;
        request.credit += frame.count;
        return request.wake();
      }
      case 'stop':
        return process.exit(0);
    }
  });
  port.onClose(() => process.exit(1));
  // What was computed before an error that nobody catches is not lost with it.
  process.on('exit', () => {
    for (const { flush } of open.values()) flush();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(0));
  port.send({ t: 'ready' });
}

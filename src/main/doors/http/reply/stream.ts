/** Sending a stream: at the reader's pace, with an event for its failure, until either side ends it. */
import { AppError, toAppError } from '../../../../contract/kernel/errors.ts';
import type { Clock } from '../../../core/clock.ts';
import { endQuietly } from '../../../core/operation/iterators.ts';
import type { Exchange } from '../request/exchange.ts';
import { sendProblem } from './answer.ts';

const KEEP_ALIVE_MS = 10_000;
/** A stream that fails sooner than this fails with its status; after that the headers go out, and a failure is an event. */
const FIRST_ITEM_MS = 100;

const HEADERS = ['content-type', 'text/event-stream; charset=utf-8', 'x-accel-buffering', 'no'];

/** How a stream looks as text/event-stream (WHATWG HTML, section "Server-sent events"). */
export interface StreamWire {
  /** Goes before the first item. */
  open?: string;
  item(item: unknown): string;
  /** Goes after the last item of a stream that is complete. */
  end?: string;
  /** Goes in place of `end` when the stream fails after it has begun. */
  failure(error: AppError): string;
}

/** Sends a stream to its end, to its failure, or until the client has gone. */
export async function sendStream(
  exchange: Exchange,
  items: AsyncIterable<unknown>,
  clock: Clock,
  wire: StreamWire,
): Promise<void> {
  const { res, signal } = exchange;
  const iterator = items[Symbol.asyncIterator]();
  let next = iterator.next();
  const stop = () => endQuietly(iterator);

  const early = await Promise.race([next.then(() => undefined, toAppError), delay(clock, FIRST_ITEM_MS)]);
  if (early instanceof AppError) return sendProblem(exchange, early);
  const isHead = exchange.req.method === 'HEAD';
  if (isHead && !signal.aborted) {
    res.writeHead(200, [...exchange.head(), ...HEADERS]);
    res.end();
  }
  if (isHead || signal.aborted) {
    exchange.abandon();
    next.catch(() => {});
    return stop();
  }
  res.writeHead(200, [...exchange.head(), ...HEADERS]);
  const output = keptAlive(exchange, clock);
  if (wire.open !== undefined) output.write(wire.open);

  // A source that waits is woken by its signal; one that ignores its signal is asked to return, but not awaited.
  const leave = () => {
    output.close();
    stop();
  };
  signal.addEventListener('abort', leave, { once: true });
  try {
    for (;;) {
      const { done, value } = await next;
      if (signal.aborted) break;
      if (done) {
        if (wire.end !== undefined) output.write(wire.end);
        break;
      }
      // The next item is pulled only when the connection has room: a slow reader holds its source back.
      if (!output.write(wire.item(value))) await roomOrGone(exchange);
      if (signal.aborted) break;
      next = iterator.next();
    }
  } catch (thrown) {
    output.write(wire.failure(toAppError(thrown)));
  } finally {
    leave();
  }
  res.end();
}

/** Writes, and writes a comment when nothing else was written for a while, so that no proxy takes the connection for dead. */
function keptAlive({ res }: Exchange, clock: Clock) {
  let lastWrite = clock.monotonic();
  const write = (text: string): boolean => {
    lastWrite = clock.monotonic();
    return res.write(text);
  };
  let cancel = clock.schedule(keepAlive, KEEP_ALIVE_MS);
  function keepAlive(): void {
    const silent = clock.monotonic() - lastWrite;
    if (silent >= KEEP_ALIVE_MS && !res.writableNeedDrain) write(': keep-alive\n\n');
    cancel = clock.schedule(keepAlive, Math.max(1, KEEP_ALIVE_MS - Math.min(silent, KEEP_ALIVE_MS - 1)));
  }
  return { write, close: () => cancel() };
}

function delay(clock: Clock, ms: number): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  clock.schedule(() => resolve(undefined), ms);
  return promise;
}

/** Settles when the response has room again, or its client has gone. */
function roomOrGone({ res }: Exchange): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const settle = () => {
    res.off('drain', settle);
    res.off('close', settle);
    resolve();
  };
  res.on('drain', settle);
  res.on('close', settle);
  if (res.closed) settle();
  return promise;
}

/** Streams as Server-Sent Events (api.md §2, §4.8; the WHATWG HTML standard's text/event-stream). */
import { AppError, toAppError } from '../../../../contract/kernel/errors.ts';
import type { Clock } from '../../../core/clock.ts';
import type { DispatchResult } from '../../../core/operation/operation.ts';
import { seqOf } from '../../frames/live-calls.ts';
import { problemBody } from '../../wire/problem.ts';
import type { Exchange } from '../request/exchange.ts';
import { sendProblem } from './answer.ts';

const RETRY_MS = 2000;
const KEEP_ALIVE_MS = 10_000;
/** A stream that fails sooner than this fails with its status; after that the headers go out, and a failure is an event. */
const FIRST_ITEM_MS = 100;

const HEADERS = ['content-type', 'text/event-stream; charset=utf-8', 'x-accel-buffering', 'no'];

/** One item as an event. A line break cannot occur in JSON text, so `data` is always one line. */
export function formatEvent(item: unknown, history: boolean): string {
  const seq = history ? seqOf(item) : undefined;
  const type = (item as { type?: unknown } | null)?.type;
  const id = seq === undefined ? '' : `id: ${seq}\n`;
  const event = typeof type === 'string' ? `event: ${type}\n` : '';
  return `${id}${event}data: ${JSON.stringify(item)}\n\n`;
}

/** Sends a stream to its end, to its failure, or until the client has gone. */
export async function sendStream(
  exchange: Exchange,
  { items, operation }: Extract<DispatchResult, { kind: 'stream' }>,
  clock: Clock,
): Promise<void> {
  const { res, signal } = exchange;
  const iterator = items[Symbol.asyncIterator]();
  let next = iterator.next();
  const stop = () => void iterator.return?.(undefined).catch(() => {});

  const early = await Promise.race([next.then(() => undefined, toAppError), delay(clock, FIRST_ITEM_MS)]);
  if (early instanceof AppError) return sendProblem(exchange, early);
  if (signal.aborted) {
    exchange.abandon();
    next.catch(() => {});
    return stop();
  }
  res.writeHead(200, [...exchange.head(), ...HEADERS]);
  if (exchange.req.method === 'HEAD') {
    res.end();
    exchange.abandon();
    next.catch(() => {});
    return stop();
  }
  res.write(`retry: ${RETRY_MS}\n\n`);

  let lastWrite = clock.monotonic();
  const write = (text: string): boolean => {
    lastWrite = clock.monotonic();
    return res.write(text);
  };
  let cancelKeepAlive = clock.schedule(keepAlive, KEEP_ALIVE_MS);
  function keepAlive(): void {
    const silent = clock.monotonic() - lastWrite;
    if (silent >= KEEP_ALIVE_MS && !res.writableNeedDrain) write(': keep-alive\n\n');
    cancelKeepAlive = clock.schedule(keepAlive, Math.max(1, KEEP_ALIVE_MS - Math.min(silent, KEEP_ALIVE_MS - 1)));
  }

  // A source that waits is woken by its signal; one that ignores it is told to return and left behind.
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const { done, value } = await next;
      if (done || signal.aborted) break;
      // The next item is pulled only when the connection has room: a slow reader holds its source back.
      if (!write(formatEvent(value, operation.history))) await roomOrGone(exchange);
      if (signal.aborted) break;
      next = iterator.next();
    }
  } catch (thrown) {
    const { instance, requestId, openai } = exchange;
    const problem = problemBody(toAppError(thrown), { instance, requestId, openai });
    write(`event: error\ndata: ${JSON.stringify(problem)}\n\n`);
  } finally {
    cancelKeepAlive();
    stop();
    res.end();
  }
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

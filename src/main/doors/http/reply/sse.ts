/** Streams of the contract as server-sent events: `id` for what can be resumed, `event` for the type, one line of JSON. */
import type { Operation } from '../../../../contract/kernel/define.ts';
import { seqOf } from '../../frames/live-calls.ts';
import { problemBody } from '../../wire/problem.ts';
import type { Exchange } from '../request/exchange.ts';
import type { StreamWire } from './stream.ts';

const RETRY_MS = 2000;

/** The wire of an operation's stream. */
export function eventWire({ instance, requestId, openai }: Exchange, { history }: Operation): StreamWire {
  return {
    open: `retry: ${RETRY_MS}\n\n`,
    item: (item) => formatEvent(item, history),
    failure: (error) =>
      `event: error\ndata: ${JSON.stringify(problemBody(error, { instance, requestId, openai }))}\n\n`,
  };
}

/** One item as an event. A line break cannot occur in JSON text, so `data` is always one line. */
function formatEvent(item: unknown, history: boolean): string {
  const seq = history ? seqOf(item) : undefined;
  const type = (item as { type?: unknown } | null)?.type;
  const id = seq === undefined ? '' : `id: ${seq}\n`;
  const event = typeof type === 'string' ? `event: ${type}\n` : '';
  return `${id}${event}data: ${JSON.stringify(item)}\n\n`;
}

/** Frames between the host and a worker process that answers requests, whatever they are about. */
import { z } from 'zod';
import { Problem } from './errors.ts';

/** Items that a worker may send for one request before it hears that more are wanted. */
export const ITEM_WINDOW = 64;

const id = z.int();

/** What the host sends. */
export type ToWorker<Ask> =
  | { t: 'request'; id: number; body: Ask }
  | { t: 'cancel'; id: number }
  /** `count` items more may be sent for the request. */
  | { t: 'more'; id: number; count: number }
  | { t: 'stop' };

/**
 * What a worker says once it is ready: items while it works on a request, then its answer or why there is none. No items at all say that it has
 * heard a cancel, and has to come to the end of a step.
 */
export type WorkerReply<Item, Answer> =
  | { t: 'items'; id: number; bodies: Item[] }
  | { t: 'answer'; id: number; body: Answer }
  | { t: 'failed'; id: number; error: Problem };

export const toWorker = <Ask extends z.ZodType>(ask: Ask) =>
  z.discriminatedUnion('t', [
    z.object({ t: z.literal('request'), id, body: ask }),
    z.object({ t: z.literal('cancel'), id }),
    z.object({ t: z.literal('more'), id, count: z.int().min(1) }),
    z.object({ t: z.literal('stop') }),
    // TypeScript cannot resolve the output of an object schema whose member is generic.
  ]) as unknown as z.ZodType<ToWorker<z.output<Ask>>, ToWorker<z.input<Ask>>>;

export const fromWorker = <Item extends z.ZodType, Answer extends z.ZodType>(item: Item, answer: Answer) =>
  z.discriminatedUnion('t', [
    z.strictObject({ t: z.literal('ready') }),
    z.strictObject({ t: z.literal('items'), id, bodies: z.array(item).max(ITEM_WINDOW) }),
    z.strictObject({ t: z.literal('answer'), id, body: answer }),
    z.strictObject({ t: z.literal('failed'), id, error: Problem }),
  ]) as unknown as z.ZodType<{ t: 'ready' } | WorkerReply<z.output<Item>, z.output<Answer>>>;

/** Requests to a worker that have no answer yet, and a queue for the items of one. */
import { type AppError, errorOf } from '../../../../contract/kernel/errors.ts';
import type { WorkerReply } from '../../../../contract/kernel/worker-frames.ts';

/** One request. */
export interface OpenRequest<Body, Answer, Item> {
  body: Body;
  sent: boolean;
  item(item: Item): void;
  resolve(answer: Answer): void;
  reject(error: AppError): void;
}

/** Requests that have no answer yet, and cancels that the worker has not confirmed. */
export class OpenRequests<Body, Answer, Item> {
  readonly #open = new Map<number, OpenRequest<Body, Answer, Item>>();
  /** By id of a cancelled request: stops its grace time. */
  readonly #cancelling = new Map<number, () => void>();
  /** Cancelled requests of which the worker has said something since. */
  readonly #heard = new Set<number>();
  #lastId = 0;

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  add(id: number, request: OpenRequest<Body, Answer, Item>): void {
    this.#open.set(id, request);
  }

  get(id: number): OpenRequest<Body, Answer, Item> | undefined {
    return this.#open.get(id);
  }

  /** A copy: entries may be settled while it is walked. */
  all(): [number, OpenRequest<Body, Answer, Item>][] {
    return [...this.#open];
  }

  /** Removes the request, to be answered or failed; for a cancelled one this is the worker's confirmation. */
  settle(id: number): OpenRequest<Body, Answer, Item> | undefined {
    this.#cancelling.get(id)?.();
    this.#cancelling.delete(id);
    this.#heard.delete(id);
    const request = this.#open.get(id);
    this.#open.delete(id);
    return request;
  }

  /** Fails those that are pending, or of these those that the worker has been sent. */
  fail(error: AppError, which: 'all' | 'sent'): void {
    for (const [id, { sent }] of this.all()) if (sent || which === 'all') this.settle(id)?.reject(error);
  }

  /** Passes a reply of the worker to its request. */
  take(reply: WorkerReply<Item, Answer>): void {
    if (reply.t === 'items') {
      if (this.#cancelling.has(reply.id)) this.#heard.add(reply.id);
      for (const body of reply.bodies) this.#open.get(reply.id)?.item(body);
    } else if (reply.t === 'answer') this.settle(reply.id)?.resolve(reply.body);
    else this.settle(reply.id)?.reject(errorOf(reply.error));
  }

  cancelling(id: number, stopGrace: () => void): void {
    this.#cancelling.set(id, stopGrace);
  }

  /** Whether the worker has heard a cancel that it has not confirmed. */
  hasHeard(id: number): boolean {
    return this.#heard.has(id);
  }

  /** The process has ended: no confirmation of a cancel will come. */
  workerGone(): void {
    for (const stopGrace of this.#cancelling.values()) stopGrace();
    this.#cancelling.clear();
    this.#heard.clear();
  }
}

/** Queue of items for one reader; the worker's window bounds its length. */
export function createPacedQueue<Item>() {
  const items: Item[] = [];
  let ended = false;
  let wake: () => void = () => {};
  return {
    push(item: Item) {
      items.push(item);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    /** The next item once there is one; null when none will come. */
    async next(): Promise<{ item: Item } | null> {
      while (items.length === 0 && !ended)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      return items.length === 0 ? null : { item: items.shift() as Item };
    },
  };
}

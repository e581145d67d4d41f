/** Requests to a worker that have no answer yet, and the items that came for one. */
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

/** Requests that have no answer yet, and those that were given up but not confirmed by the worker. */
export class OpenRequests<Body, Answer, Item> {
  readonly #open = new Map<number, OpenRequest<Body, Answer, Item>>();
  /** What stops the grace time of a request that was given up. */
  readonly #cancelling = new Map<number, () => void>();
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

  /** Takes the request out, for its answer or its error; the worker has confirmed what was given up. */
  settle(id: number): OpenRequest<Body, Answer, Item> | undefined {
    this.#cancelling.get(id)?.();
    this.#cancelling.delete(id);
    const request = this.#open.get(id);
    this.#open.delete(id);
    return request;
  }

  /** Hands over what the worker says. */
  take(reply: WorkerReply<Item, Answer>): void {
    if (reply.t === 'item') this.#open.get(reply.id)?.item(reply.body);
    else if (reply.t === 'answer') this.settle(reply.id)?.resolve(reply.body);
    else this.settle(reply.id)?.reject(errorOf(reply.error));
  }

  cancelling(id: number, stopGrace: () => void): void {
    this.#cancelling.set(id, stopGrace);
  }

  /** No confirmation will come. */
  workerGone(): void {
    for (const stopGrace of this.#cancelling.values()) stopGrace();
    this.#cancelling.clear();
  }
}

/** Items in their order for one reader; the worker's window bounds it. */
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

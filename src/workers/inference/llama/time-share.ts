/**
 * Shares the processor out between the models of this process, by time and not by step: a token of a large model takes as long as fifty of a small
 * one, and models that took turns token by token would all be as slow as the slowest. Who has computed least goes next, and is waited for while it
 * hands over what it has computed. As many models compute at once as there are threads, each with its part of them.
 */

/** How long a model that is between two steps is waited for, ms; its reader may have stopped reading. */
const GAP_MS = 10;

export interface TimeShareDeps {
  /** Threads of the engine at this time. */
  budget(): number;
  /** Tells the library how many threads may compute from now on, in all. */
  limit(threads: number): void;
  /** Monotonic time, ms. */
  now(): number;
  /** @returns cancels it */
  schedule(task: () => void, ms: number): () => void;
}

/** The part of one request of a model. */
export interface Part {
  /**
   * One step of the library, which cannot be stopped in it.
   * @throws the signal's reason, when it comes before the step has begun
   */
  step<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** The request computes no more. */
  leave(): void;
}

interface Sharer {
  requests: number;
  /** Steps that are being computed; those of one model are one batch of the library. */
  steps: number;
  waiting: Set<() => void>;
  /** Computed until `since`, ms. */
  used: number;
  /** When it began to compute, or its gap did. */
  since: number;
}

export type TimeShare = ReturnType<typeof createTimeShare>;

/** Waits until the model is let in. @throws the signal's reason when it comes before */
async function queued({ waiting }: Sharer, begin: () => void, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const enter = () => {
    waiting.delete(enter);
    begin();
    resolve();
  };
  const leave = () => {
    if (waiting.delete(enter)) reject(signal.reason);
  };
  waiting.add(enter);
  signal.addEventListener('abort', leave, { once: true });
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** Decides who computes when. */
function createOrder({ budget, limit, now, schedule }: TimeShareDeps) {
  const sharers = new Set<Sharer>();
  let limited = 0;
  let forgetLook: () => void = () => undefined;

  const usedBy = ({ used, steps, since }: Sharer) => (steps > 0 ? used + now() - since : used);
  const isInGap = ({ steps, waiting, since }: Sharer) => steps === 0 && waiting.size === 0 && now() - since < GAP_MS;
  const present = () => [...sharers].filter((one) => one.steps > 0 || one.waiting.size > 0 || isInGap(one));

  function begin(sharer: Sharer): void {
    const computing = [...sharers].filter(({ steps }) => steps > 0).length;
    if (sharer.steps === 0) sharer.since = now();
    sharer.steps += 1;
    const all = [...sharers].filter(({ steps }) => steps > 0).length;
    const each = Math.max(1, Math.floor(budget() / Math.min(budget(), present().length)));
    // Lowered while others compute, it would be less than they have taken.
    limited = computing === 0 ? each * all : Math.max(limited, each * all);
    limit(Math.min(budget(), limited));
  }

  /** Lets those go on whose turn it is. */
  function look(): void {
    forgetLook();
    const idle = [...sharers].filter(({ steps }) => steps === 0).sort((one, other) => one.used - other.used);
    let free = budget() - (sharers.size - idle.length);
    for (const one of idle) {
      if (free <= 0) return;
      if (isInGap(one)) forgetLook = schedule(look, GAP_MS);
      else if (one.waiting.size === 0) continue;
      free -= 1;
      for (const enter of one.waiting) enter();
    }
  }

  function ended(sharer: Sharer): void {
    sharer.steps -= 1;
    if (sharer.steps > 0) return;
    sharer.used += now() - sharer.since;
    sharer.since = now();
    if (sharer.requests === 0) sharers.delete(sharer);
    look();
  }

  /** Counts what a model did since its last step: others may have been waiting for it, and nobody saves up time in which it did not compute. */
  function arrive(sharer: Sharer): void {
    if (sharer.steps > 0 || sharer.waiting.size > 0) return;
    const others = present().filter((one) => one !== sharer);
    if (!isInGap(sharer)) {
      if (others.length > 0) sharer.used = Math.max(sharer.used, Math.min(...others.map(usedBy)));
    } else if (others.some(({ waiting }) => waiting.size > 0)) sharer.used += now() - sharer.since;
  }

  /** Whether a step may be added to what its model computes already: not when somebody who has had less waits. */
  const mayJoin = (sharer: Sharer) =>
    sharer.steps > 0 && ![...sharers].some((one) => one.waiting.size > 0 && one.used < usedBy(sharer));

  async function turn(sharer: Sharer, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    arrive(sharer);
    if (mayJoin(sharer)) return begin(sharer);
    const entered = queued(sharer, () => begin(sharer), signal);
    look();
    await entered;
  }

  return { sharers, look, ended, turn };
}

export function createTimeShare(deps: TimeShareDeps) {
  const { sharers, look, ended, turn } = createOrder(deps);
  /** @returns what is to be called for each request of one model */
  return function model(): () => Part {
    const sharer: Sharer = { requests: 0, steps: 0, waiting: new Set(), used: 0, since: -Infinity };
    return function join() {
      sharer.requests += 1;
      sharers.add(sharer);
      return {
        async step(work, signal) {
          await turn(sharer, signal);
          try {
            return await work();
          } finally {
            ended(sharer);
          }
        },
        leave() {
          sharer.requests -= 1;
          if (sharer.requests > 0 || sharer.steps > 0) return;
          sharers.delete(sharer);
          look();
        },
      };
    };
  };
}

/**
 * Worker threads for computation over what users give: patterns, schemas, scripts. A request that takes too long or too much memory costs its
 * thread, never the host; see docs/adr/0014-compute-pool.md.
 */
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { AppError, errorOf, Problem } from '../../../contract/kernel/errors.ts';
import type { Part } from '../lifecycle.ts';
import type { Logger } from '../log/logger.ts';
import { currentNames, currentOperation } from '../operation/current.ts';
import { createTurns } from './turns.ts';

/** What a thread sends: once that it is ready, then an answer to each request. */
export const FromThread = z.discriminatedUnion('t', [
  z.object({ t: z.literal('ready') }),
  z.object({ t: z.literal('answer'), value: z.unknown() }),
  z.object({ t: z.literal('refused'), problem: Problem }),
]);
export type FromThread = z.infer<typeof FromThread>;

/** A request that cost its thread: it took too long, needed too much memory, or broke what computed it. */
export class Overrun extends Error {
  readonly why: 'time' | 'memory' | 'broken';

  constructor(why: Overrun['why'], cause?: unknown) {
    super(`the computation was ended: ${why}`, { cause });
    this.why = why;
  }
}

/** What a thread computes, for callers who can only send less. @throws AppError `unprocessable-entity` in place of an {@link Overrun} */
export async function computed<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof Overrun) || error.why === 'broken') throw error;
    const detail =
      error.why === 'time' ? 'This takes too long to compute; send less.' : 'This needs too much memory; send less.';
    throw new AppError('unprocessable-entity', detail, { cause: error });
  }
}

/** One kind of threads, started when they are needed. */
export interface ThreadPool {
  /**
   * Computes one request, a JSON value. Callers take turns, and none of them has all threads.
   * @param answer     shape of what the thread answers
   * @param deadlineMs counts from when a thread that is ready gets the request
   * @throws AppError what the thread refused, `cancelled` when the caller is gone, `resource-limit-exceeded` when too many requests wait, or
   *   when every thread is busy ending; {@link Overrun}
   */
  run<T extends z.ZodType>(request: unknown, answer: T, deadlineMs: number): Promise<z.infer<T>>;
  readonly part: Part;
}

interface Job {
  readonly caller: string;
  /** JSON, so that its size is known. */
  readonly text: string;
  readonly deadlineMs: number;
  readonly names: object;
  settle(outcome: { value: unknown } | { error: unknown }): void;
}

/** Memory of one thread beyond the code of its program. */
export const THREAD_MEMORY_MB = 256;
/** Two, so that a request that has to be ended does not keep another caller waiting. */
const THREADS = 2;
const IDLE_MS = 30_000;
const START_MS = 20_000;
/** A thread that the machine has kept waiting gets this much longer at most. */
const GRACE_MS = 1000;
/** Longest that requests wait for a thread that was ended and has not exited. */
const EXIT_MS = 5000;

const stuckError = () =>
  new AppError(
    'resource-limit-exceeded',
    'Every thread is still ending a request that cannot be interrupted; try again in a few seconds.',
  );

const crowdedError = () =>
  new AppError('resource-limit-exceeded', 'Too many requests are being computed; wait until one has finished.');

/**
 * Creates a pool of the built `*.thread.ts` module `file`, which calls `serveInThread`.
 * @param exitMs longest that requests wait for a thread that was ended and has not exited, ms
 */
export function createThreadPool(file: string, log: Pick<Logger, 'warn'>, exitMs = EXIT_MS): ThreadPool {
  const turns = createTurns<Job>(THREADS - 1);
  /** All that have not exited: V8 cannot be interrupted while it compiles, and a thread that was ended keeps its memory until then. */
  const threads = new Set<Thread>();
  let stopped = false;

  const owner: Owner = {
    exitMs,
    onFree(job) {
      turns.done(job);
      next();
    },
    onStuck() {
      if (allStuck()) for (const job of turns.clear()) job.settle({ error: stuckError() });
    },
    onExit(thread, job) {
      threads.delete(thread);
      if (job) turns.done(job);
      if (!stopped) next();
    },
  };
  const allStuck = () => threads.size >= THREADS && [...threads].every((thread) => thread.state === 'stuck');

  function next(): void {
    for (;;) {
      const idle = [...threads].find((thread) => thread.idle());
      if (!idle && threads.size >= THREADS) return;
      const job = turns.take();
      if (!job) return;
      const thread = idle ?? new Thread(file, owner);
      threads.add(thread);
      thread.take(job);
    }
  }

  function enqueue(job: Job): void {
    if (stopped) throw new AppError('cancelled');
    if (allStuck()) throw stuckError();
    if (!turns.add(job)) throw crowdedError();
    next();
  }

  return {
    async run(request, answer, deadlineMs) {
      const context = currentOperation.getStore()?.context;
      context?.signal.throwIfAborted();
      const value = await new Promise<unknown>((resolve, reject) => {
        const leave = () => {
          if (turns.remove(job)) job.settle({ error: new AppError('cancelled') });
        };
        const job: Job = {
          ...{ caller: context?.principal.id ?? '', text: JSON.stringify(request), deadlineMs, names: currentNames() },
          settle(outcome) {
            context?.signal.removeEventListener('abort', leave);
            if ('value' in outcome) return resolve(outcome.value);
            if (outcome.error instanceof Overrun) {
              log.warn('threads', outcome.error.message, { ...job.names, error: outcome.error.cause });
            }
            reject(outcome.error);
          },
        };
        context?.signal.addEventListener('abort', leave, { once: true });
        enqueue(job);
      });
      return answer.parse(value);
    },
    part: {
      name: 'compute threads',
      async stop() {
        stopped = true;
        for (const job of turns.clear()) job.settle({ error: new AppError('cancelled') });
        await Promise.all([...threads].map((thread) => thread.end({ error: new AppError('cancelled') })));
      },
    },
  };
}

/** What a thread tells its pool. */
interface Owner {
  readonly exitMs: number;
  /** The thread has answered a request and takes the next one. */
  onFree(job: Job): void;
  /** The thread was ended and has not exited in time. */
  onStuck(): void;
  /** The thread is gone. @param job what it was ended for: its caller has had the thread until now */
  onExit(thread: Thread, job: Job | undefined): void;
}

/** One thread, from its start to its exit; it computes one request at a time. */
class Thread {
  state: 'starting' | 'ready' | 'ending' | 'stuck' = 'starting';
  readonly #worker: Worker;
  readonly #owner: Owner;
  #job: Job | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(file: string, owner: Owner) {
    this.#owner = owner;
    this.#worker = new Worker(file, {
      resourceLimits: { maxOldGenerationSizeMb: THREAD_MEMORY_MB, maxYoungGenerationSizeMb: 32 },
      // Node's parser of scripts announces itself in each thread.
      execArgv: [...process.execArgv, '--disable-warning=ExperimentalWarning'],
    });
    this.#worker.on('message', (message: unknown) => this.#hear(FromThread.safeParse(message)));
    this.#worker.on('error', (error: Error & { code?: string }) =>
      this.end({ error: new Overrun(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'broken', error) }),
    );
    this.#worker.on('exit', () => {
      void this.end({ error: new Overrun('broken') });
      clearTimeout(this.#timer);
      owner.onExit(this, this.#job);
    });
    this.#timer = setTimeout(() => this.end({ error: new Overrun('broken', 'it did not start') }), START_MS);
  }

  idle(): boolean {
    return this.state === 'ready' && this.#job === undefined;
  }

  take(job: Job): void {
    this.#job = job;
    this.#worker.ref();
    if (this.state === 'ready') this.#begin(job);
  }

  /** Ends the thread, and resolves when it has exited. @param outcome of the request that it computes, which is told at once */
  async end(outcome: { error: unknown }): Promise<void> {
    const ended = this.#worker.terminate();
    if (this.state !== 'ending' && this.state !== 'stuck') {
      clearTimeout(this.#timer);
      this.state = 'ending';
      this.#timer = setTimeout(() => {
        this.state = 'stuck';
        this.#owner.onStuck();
      }, this.#owner.exitMs).unref();
      this.#job?.settle(outcome);
    }
    await ended;
  }

  #begin(job: Job): void {
    clearTimeout(this.#timer);
    this.#watch(job.deadlineMs, job.deadlineMs + GRACE_MS, process.cpuUsage());
    this.#worker.postMessage(job.text);
  }

  /** While all threads of this process together have used less processor time than the deadline, this one was only kept waiting. */
  #watch(deadlineMs: number, leftMs: number, start: NodeJS.CpuUsage, waitMs = deadlineMs): void {
    this.#timer = setTimeout(() => {
      const { user, system } = process.cpuUsage(start);
      const missing = Math.ceil(deadlineMs - (user + system) / 1000);
      const left = leftMs - waitMs;
      if (missing > 0 && left > 0) this.#watch(deadlineMs, left, start, Math.min(Math.max(missing, 10), left));
      else void this.end({ error: new Overrun('time') });
    }, waitMs);
  }

  #hear(parsed: z.ZodSafeParseResult<FromThread>): void {
    // What was sent before the end is of no interest any more.
    if (this.state === 'ending' || this.state === 'stuck') return;
    clearTimeout(this.#timer);
    if (!parsed.success) return void this.end({ error: new Overrun('broken', parsed.error) });
    switch (parsed.data.t) {
      case 'ready':
        this.state = 'ready';
        if (this.#job) this.#begin(this.#job);
        return;
      case 'answer':
        return this.#finish({ value: parsed.data.value });
      case 'refused':
        return this.#finish({ error: errorOf(parsed.data.problem) });
    }
  }

  #finish(outcome: { value: unknown } | { error: unknown }): void {
    const job = this.#job;
    this.#job = undefined;
    this.#worker.unref();
    this.#timer = setTimeout(() => void this.end({ error: undefined }), IDLE_MS).unref();
    if (!job) return;
    job.settle(outcome);
    this.#owner.onFree(job);
  }
}

/**
 * Processes for computation over what users give: patterns, schemas, scripts, texts. A request that takes too long or too much memory costs its
 * process, never the host: V8 ends a whole process when its heap is full, so that a thread would not do. See docs/adr/0014-compute-pool.md.
 */
import { z } from 'zod';
import { inheritedEnvironment } from '../../../contract/automation/executor.ts';
import { AppError, errorOf, Problem } from '../../../contract/kernel/errors.ts';
import type { Child, ChildExit, Platform } from '../../platform/platform.ts';
import type { Part } from '../lifecycle.ts';
import type { Logger } from '../log/logger.ts';
import { currentNames, currentOperation } from '../operation/current.ts';
import { processorMs } from './process-list.ts';
import { createTurns } from './turns.ts';

/** What a process gets: one request at a time. */
export const Computation = z.object({
  /** JSON. */
  text: z.string(),
  /** After this time the process ends itself, whatever it does and whether the host still lives, ms. */
  endMs: z.number(),
});
export type Computation = z.infer<typeof Computation>;

/** What a process sends: once that it is ready, then an answer to each request. */
export const FromComputer = z.discriminatedUnion('t', [
  z.object({ t: z.literal('ready') }),
  z.object({ t: z.literal('answer'), value: z.unknown() }),
  z.object({ t: z.literal('refused'), problem: Problem }),
]);
export type FromComputer = z.infer<typeof FromComputer>;

/** A request that cost its process: it took too long, needed too much memory, or broke what computed it. */
export class Overrun extends Error {
  readonly why: 'time' | 'memory' | 'broken';

  constructor(why: Overrun['why'], cause?: unknown) {
    super(`the computation was ended: ${why}`, { cause });
    this.why = why;
  }
}

/** What a pool computes, for callers who can only send less. @throws AppError `unprocessable-entity` in place of an {@link Overrun} */
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

/** One kind of processes, started when they are needed. */
export interface ComputePool {
  /**
   * Computes one request, a JSON value. Callers take turns, and none of them has all processes.
   * @param answer     shape of what the process answers
   * @param deadlineMs counts from when a process that is ready gets the request
   * @throws AppError what the process refused, `cancelled` when the caller is gone, `resource-limit-exceeded` when too many requests wait; {@link Overrun}
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

/** Heap of one process. */
export const COMPUTE_MEMORY_MB = 256;
/** Two, so that a request that has to be ended does not keep another caller waiting. */
const PROCESSES = 2;
const IDLE_MS = 30_000;
const START_MS = 20_000;
/** A process that the machine has kept waiting gets this much longer at most. */
const GRACE_MS = 1000;
/** A process may finish this long for a caller that is gone: most requests take less than a new process. */
const LEFT_MS = 500;

const crowdedError = () =>
  new AppError('resource-limit-exceeded', 'Too many requests are being computed; wait until one has finished.');

/** What a pool needs of the host. */
export interface ComputeDeps {
  platform: Pick<Platform, 'fork'>;
  log: Pick<Logger, 'warn'>;
}

/** Creates a pool of the built `*.compute.ts` module `file`, which calls `serveComputations`. */
export function createComputePool({ platform, log }: ComputeDeps, file: string): ComputePool {
  const turns = createTurns<Job>(PROCESSES - 1);
  const computers = new Set<Computer>();
  let stopped = false;

  const owner: Owner = {
    onFree(job) {
      turns.done(job);
      next();
    },
    onExit(computer, job) {
      computers.delete(computer);
      if (job) turns.done(job);
      if (!stopped) next();
    },
  };

  function next(): void {
    for (;;) {
      const idle = [...computers].find((computer) => computer.idle());
      if (!idle && computers.size >= PROCESSES) return;
      const job = turns.take();
      if (!job) return;
      const computer = idle ?? new Computer(platform.fork(file, FORK_OPTIONS), owner);
      computers.add(computer);
      computer.take(job);
    }
  }

  function enqueue(job: Job): void {
    if (stopped) throw new AppError('cancelled');
    if (!turns.add(job)) throw crowdedError();
    next();
  }

  return {
    async run(request, answer, deadlineMs) {
      const context = currentOperation.getStore()?.context;
      context?.signal.throwIfAborted();
      const value = await new Promise<unknown>((resolve, reject) => {
        const leave = () => {
          job.settle({ error: new AppError('cancelled') });
          if (!turns.remove(job)) for (const computer of computers) computer.leave(job);
        };
        const job: Job = {
          ...{ caller: context?.principal.id ?? '', text: JSON.stringify(request), deadlineMs, names: currentNames() },
          settle(outcome) {
            context?.signal.removeEventListener('abort', leave);
            if ('value' in outcome) return resolve(outcome.value);
            if (outcome.error instanceof Overrun) {
              log.warn('computing', outcome.error.message, { ...job.names, error: outcome.error.cause });
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
      name: 'compute processes',
      async stop() {
        stopped = true;
        for (const job of turns.clear()) job.settle({ error: new AppError('cancelled') });
        await Promise.all([...computers].map((computer) => computer.end({ error: new AppError('cancelled') })));
      },
    },
  };
}

const FORK_OPTIONS = {
  name: 'tabagent-compute',
  env: inheritedEnvironment(process.env),
  // Node's parser of scripts announces itself in each process.
  execArgv: [`--max-old-space-size=${COMPUTE_MEMORY_MB}`, '--disable-warning=ExperimentalWarning'],
};

/** What a process tells its pool. */
interface Owner {
  /** The process has answered a request and takes the next one. */
  onFree(job: Job): void;
  /** The process is gone. @param job what it was ended for: its caller has had the process until now */
  onExit(computer: Computer, job: Job | undefined): void;
}

/** Last characters of what a process has written to its standard error. */
const TOLD = 4096;
/** What V8 says before it ends a process. */
const OUT_OF_MEMORY = /out of memory|heap limit|invalid size error/i;

/** One process, from its start to its exit; it computes one request at a time. */
class Computer {
  #state: 'starting' | 'ready' | 'ending' = 'starting';
  readonly #child: Child;
  readonly #owner: Owner;
  #job: Job | undefined;
  #timer: NodeJS.Timeout | undefined;
  #told = '';

  constructor(child: Child, owner: Owner) {
    this.#child = child;
    this.#owner = owner;
    child.stdout.resume();
    child.stderr.on('data', (chunk: Buffer) => {
      this.#told = (this.#told + chunk.toString()).slice(-TOLD);
    });
    child.onMessage((message) => this.#hear(FromComputer.safeParse(message)));
    void child.exited.then((exit) => {
      void this.end({ error: this.#lossOf(exit) });
      owner.onExit(this, this.#job);
    });
    this.#timer = setTimeout(() => this.end({ error: new Overrun('broken', 'it did not start') }), START_MS);
  }

  idle(): boolean {
    return this.#state === 'ready' && this.#job === undefined;
  }

  take(job: Job): void {
    this.#job = job;
    if (this.#state === 'ready') this.#begin(job);
  }

  /** The caller of `job` is gone: the process finishes soon or is ended. */
  leave(job: Job): void {
    if (this.#job !== job) return;
    const end = () => {
      if (this.#job === job) void this.end({ error: new AppError('cancelled') });
    };
    setTimeout(end, LEFT_MS).unref();
  }

  /** Ends the process, and resolves when it has exited. @param outcome of the request that it computes, which is told at once */
  async end(outcome: { error: unknown }): Promise<void> {
    if (this.#state !== 'ending') {
      clearTimeout(this.#timer);
      this.#state = 'ending';
      this.#child.kill('SIGKILL');
      this.#job?.settle(outcome);
    }
    await this.#child.exited;
  }

  /** Why a process has ended that was not told to. */
  #lossOf({ code, signal }: ChildExit): Overrun {
    const cause = this.#told.trim() || `it exited with ${signal ?? code}`;
    return new Overrun(OUT_OF_MEMORY.test(this.#told) ? 'memory' : 'broken', cause);
  }

  #begin(job: Job): void {
    clearTimeout(this.#timer);
    const longest = job.deadlineMs + GRACE_MS;
    this.#watch(job.deadlineMs, longest, processorMs(this.#child.pid));
    const message: Computation = { text: job.text, endMs: longest + GRACE_MS };
    this.#child.send(message);
  }

  /** While the process has used less processor time than the deadline, it was only kept waiting. */
  #watch(deadlineMs: number, leftMs: number, startMs: number, waitMs = deadlineMs): void {
    this.#timer = setTimeout(() => {
      const missing = Math.ceil(deadlineMs - (processorMs(this.#child.pid) - startMs));
      const left = leftMs - waitMs;
      if (missing > 0 && left > 0) this.#watch(deadlineMs, left, startMs, Math.min(Math.max(missing, 10), left));
      else void this.end({ error: new Overrun('time') });
    }, waitMs);
  }

  #hear(parsed: z.ZodSafeParseResult<FromComputer>): void {
    // What was sent before the end is of no interest any more.
    if (this.#state === 'ending') return;
    clearTimeout(this.#timer);
    if (!parsed.success) return void this.end({ error: new Overrun('broken', parsed.error) });
    switch (parsed.data.t) {
      case 'ready':
        this.#state = 'ready';
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
    this.#timer = setTimeout(() => void this.end({ error: undefined }), IDLE_MS).unref();
    if (!job) return;
    job.settle(outcome);
    this.#owner.onFree(job);
  }
}

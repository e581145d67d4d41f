/** Requests to a supervised worker process: each is answered, or fails by its deadline, a cancel, or the end of the process. */
import { z } from 'zod';
import { AppError, errorOf, Problem, toAppError } from '../../../contract/kernel/errors.ts';
import type { CircuitOptions } from './circuit.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';
import type { WorkerDeps } from './worker-process.ts';

/** Options of {@link createWorkerClient}; all times in ms. */
export interface ClientOptions<Ask extends z.ZodType, Answer extends z.ZodType> extends CircuitOptions {
  module: string;
  name: string;
  /** Environment of the process, without the run id. */
  env: Record<string, string>;
  /** Bodies of requests and answers. */
  ask: Ask;
  answer: Answer;
  readyMs: number;
  /** How long a worker may take to confirm a cancel before it is killed. */
  cancelGraceMs: number;
}

/** A supervised worker; see {@link createWorkerClient}. */
export interface WorkerClient<Ask, Answer> {
  /**
   * @throws AppError `cancelled`, `gateway-timeout` after the deadline, `worker-crashed` when the process ended with the request pending,
   *   `service-unavailable` with `retry_after` (s) while the circuit is open or after `stop`; or the problem that the worker answered
   */
  request(body: Ask, options: { deadlineMs: number; signal?: AbortSignal }): Promise<Answer>;
  /** Why the circuit is open, or null. */
  openBecause(): string | null;
  /** Ends the process and fails what is pending. Resolves when no process is left. */
  stop(graceMs: number): Promise<void>;
}

interface Pending<Body, Answer> {
  body: Body;
  sent: boolean;
  resolve(answer: Answer): void;
  reject(error: AppError): void;
}

/** What a worker sends once it is ready. */
type Reply<Answer> = { t: 'answer'; id: number; body: Answer } | { t: 'failed'; id: number; error: Problem };

function protocolOf<Ask extends z.ZodType, Answer extends z.ZodType>(ask: Ask, answer: Answer) {
  const id = z.int();
  return {
    to: z.discriminatedUnion('t', [
      z.object({ t: z.literal('request'), id, body: ask }),
      z.object({ t: z.literal('cancel'), id }),
      z.object({ t: z.literal('stop') }),
    ]),
    // TypeScript cannot resolve the output of an object schema whose member is generic.
    from: z.discriminatedUnion('t', [
      z.object({ t: z.literal('ready') }),
      z.object({ t: z.literal('answer'), id, body: answer }),
      z.object({ t: z.literal('failed'), id, error: Problem }),
    ]) as unknown as z.ZodType<{ t: 'ready' } | Reply<z.output<Answer>>>,
  };
}

/** Why a worker takes no request now, or null. */
function refusalOf(
  worker: Pick<Supervisor<never>, 'stopped' | 'openBecause' | 'waitMs'>,
  signal: AbortSignal | undefined,
): AppError | null {
  if (signal?.aborted) return new AppError('cancelled');
  if (worker.stopped()) return new AppError('service-unavailable', 'The worker was stopped.');
  const reason = worker.openBecause();
  if (reason === null) return null;
  const retry_after = Math.max(1, Math.ceil(worker.waitMs() / 1000));
  return new AppError('service-unavailable', reason, { extra: { retry_after } });
}

/** Requests that have no answer yet, and those that were given up but not confirmed by the worker. */
class Requests<Ask, Answer> {
  readonly #open = new Map<number, Pending<Ask, Answer>>();
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

  add(id: number, request: Pending<Ask, Answer>): void {
    this.#open.set(id, request);
  }

  /** A copy: entries may be settled while it is walked. */
  all(): [number, Pending<Ask, Answer>][] {
    return [...this.#open];
  }

  /** Takes the request out, for its answer or its error. */
  settle(id: number): Pending<Ask, Answer> | undefined {
    this.#cancelling.get(id)?.();
    this.#cancelling.delete(id);
    const request = this.#open.get(id);
    this.#open.delete(id);
    return request;
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

/** Creates the client; no process is started before the first request. */
export function createWorkerClient<Ask extends z.ZodType, Answer extends z.ZodType>(
  deps: WorkerDeps,
  options: ClientOptions<Ask, Answer>,
): WorkerClient<z.input<Ask>, z.output<Answer>> {
  const { clock } = deps;
  const protocol = protocolOf(options.ask, options.answer);
  const requests = new Requests<z.input<Ask>, z.output<Answer>>();

  const worker = createSupervisor(deps, {
    ...options,
    ...protocol,
    wanted: () => !requests.isEmpty,
    onReady: sendAll,
    onMessage(message) {
      if (message.t === 'answer') requests.settle(message.id)?.resolve(message.body);
      else requests.settle(message.id)?.reject(errorOf(message.error));
    },
    onGone(reason, restarts) {
      requests.workerGone();
      // A request that was not sent yet cannot be the cause: it waits for the next start, unless there is none.
      for (const [id, { sent }] of requests.all())
        if (sent || !restarts) requests.settle(id)?.reject(new AppError('worker-crashed', reason));
    },
  });
  type Message = Parameters<typeof worker.send>[0];

  function sendAll(): void {
    for (const [id, request] of requests.all()) {
      if (request.sent) continue;
      try {
        request.sent = worker.send({ t: 'request', id, body: request.body } as Message);
      } catch (error) {
        // A body that cannot be sent is the end of its own request and of no other.
        requests.settle(id)?.reject(toAppError(error));
      }
    }
  }

  /** The caller is answered at once; the worker has `cancelGraceMs` to confirm. */
  function giveUp(id: number, error: AppError): void {
    const request = requests.settle(id);
    if (request?.sent && worker.send({ t: 'cancel', id } as Message))
      requests.cancelling(id, clock.schedule(worker.kill, options.cancelGraceMs));
    request?.reject(error);
  }

  return {
    async request(body, { deadlineMs, signal }) {
      const refused = refusalOf(worker, signal);
      if (refused !== null) throw refused;
      const id = requests.nextId();
      const abort = () => giveUp(id, new AppError('cancelled'));
      const cancelDeadline = clock.schedule(() => giveUp(id, new AppError('gateway-timeout')), deadlineMs);
      signal?.addEventListener('abort', abort, { once: true });
      try {
        return await new Promise<z.output<Answer>>((resolve, reject) => {
          requests.add(id, { resolve, reject, body, sent: false });
          worker.ensureStarted();
          sendAll();
        });
      } finally {
        cancelDeadline();
        signal?.removeEventListener('abort', abort);
      }
    },
    openBecause: worker.openBecause,
    async stop(graceMs) {
      await worker.stop({ t: 'stop' } as Message, graceMs);
      for (const [id] of requests.all())
        requests.settle(id)?.reject(new AppError('worker-crashed', 'The worker was stopped.'));
    },
  };
}

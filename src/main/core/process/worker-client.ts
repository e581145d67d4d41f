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

/** Creates the client; no process is started before the first request. */
export function createWorkerClient<Ask extends z.ZodType, Answer extends z.ZodType>(
  deps: WorkerDeps,
  options: ClientOptions<Ask, Answer>,
): WorkerClient<z.input<Ask>, z.output<Answer>> {
  const { clock } = deps;
  const protocol = protocolOf(options.ask, options.answer);
  const pending = new Map<number, Pending<z.input<Ask>, z.output<Answer>>>();
  /** Requests that were given up but not confirmed by the worker, with what stops their grace time. */
  const cancelling = new Map<number, () => void>();
  let lastId = 0;

  const worker = createSupervisor(deps, {
    ...options,
    ...protocol,
    wanted: () => pending.size > 0,
    onReady: sendAll,
    onMessage(message) {
      if (message.t === 'answer') settle(message.id)?.resolve(message.body);
      else settle(message.id)?.reject(errorOf(message.error));
    },
    onGone(reason, restarts) {
      for (const stopGrace of cancelling.values()) stopGrace();
      cancelling.clear();
      // A request that was not sent yet cannot be the cause: it waits for the next start, unless there is none.
      for (const [id, { sent }] of [...pending])
        if (sent || !restarts) settle(id)?.reject(new AppError('worker-crashed', reason));
    },
  });
  type Message = Parameters<typeof worker.send>[0];

  function sendAll(): void {
    for (const [id, request] of [...pending]) {
      if (request.sent) continue;
      try {
        request.sent = worker.send({ t: 'request', id, body: request.body } as Message);
      } catch (error) {
        // A body that cannot be sent is the end of its own request and of no other.
        settle(id)?.reject(toAppError(error));
      }
    }
  }

  function settle(id: number) {
    cancelling.get(id)?.();
    cancelling.delete(id);
    const request = pending.get(id);
    pending.delete(id);
    return request;
  }

  /** The caller is answered at once; the worker has `cancelGraceMs` to confirm. */
  function giveUp(id: number, error: AppError): void {
    const request = settle(id);
    if (request?.sent && worker.send({ t: 'cancel', id } as Message))
      cancelling.set(id, clock.schedule(worker.kill, options.cancelGraceMs));
    request?.reject(error);
  }

  return {
    async request(body, { deadlineMs, signal }) {
      const refused = refusalOf(worker, signal);
      if (refused !== null) throw refused;
      const id = ++lastId;
      const abort = () => giveUp(id, new AppError('cancelled'));
      const cancelDeadline = clock.schedule(() => giveUp(id, new AppError('gateway-timeout')), deadlineMs);
      signal?.addEventListener('abort', abort, { once: true });
      try {
        return await new Promise<z.output<Answer>>((resolve, reject) => {
          pending.set(id, { resolve, reject, body, sent: false });
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
      for (const id of [...pending.keys()])
        settle(id)?.reject(new AppError('worker-crashed', 'The worker was stopped.'));
    },
  };
}

/**
 * Supervision of a long-lived worker process that answers requests: started by the first request, started again after a crash with
 * back-off, and given up for a while after several crashes in a row (circuit breaker).
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { RUN_ID_ENV } from '../../../contract/automation/executor.ts';
import { AppError, ERRORS, type ErrorSlug, Problem } from '../../../contract/kernel/errors.ts';
import { startWorkerProcess, type WorkerDeps, type WorkerExit } from './worker-process.ts';

/** Options of {@link createWorkerClient}; all times in ms. */
export interface ClientOptions<Ask extends z.ZodType, Answer extends z.ZodType> {
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
  /** Wait before the start after the first crash; it doubles with each further crash in a row. */
  backoffMs: number;
  /** Crashes in a row, without an answer in between, that open the circuit. */
  maxCrashes: number;
  /** How long the circuit stays open; then one crash more opens it again and one answer closes it. */
  openMs: number;
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

const REAP_MS = 5_000;

interface Pending<Answer> {
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

/** The error that a worker answered; an unknown code becomes `internal-server-error`. */
function errorOf(problem: Problem): AppError {
  const slug = problem.code.replaceAll('_', '-');
  return new AppError(Object.hasOwn(ERRORS, slug) ? (slug as ErrorSlug) : 'internal-server-error', problem.detail);
}

/** Creates the client; no process is started before the first request. */
export function createWorkerClient<Ask extends z.ZodType, Answer extends z.ZodType>(
  deps: WorkerDeps,
  options: ClientOptions<Ask, Answer>,
): WorkerClient<z.input<Ask>, z.output<Answer>> {
  const { clock } = deps;
  const protocol = protocolOf(options.ask, options.answer);
  const pending = new Map<number, Pending<z.output<Answer>> & { body: z.input<Ask>; sent: boolean }>();
  /** Requests that were given up but not confirmed by the worker, with what stops their grace time. */
  const cancelling = new Map<number, () => void>();
  let worker: ReturnType<typeof start> | null = null;
  let ready = false;
  let lastId = 0;
  let crashes = 0;
  let reason = '';
  let startAt = Number.NEGATIVE_INFINITY;
  let stopped = false;
  let cancelStart: (() => void) | null = null;
  let gone = Promise.resolve();

  const isOpen = () => crashes >= options.maxCrashes && clock.monotonic() < startAt;

  function sendAll(): void {
    if (worker === null || !ready) return;
    for (const [id, request] of pending) {
      if (request.sent) continue;
      request.sent = true;
      worker.send({ t: 'request', id, body: request.body } as z.input<typeof protocol.to>);
    }
  }

  function settle(id: number): Pending<z.output<Answer>> | undefined {
    cancelling.get(id)?.();
    cancelling.delete(id);
    const request = pending.get(id);
    pending.delete(id);
    return request;
  }

  function start() {
    const runId = randomUUID().replaceAll('-', '');
    ready = false;
    const started = startWorkerProcess(deps, {
      module: options.module,
      name: options.name,
      env: { ...options.env, [RUN_ID_ENV]: runId },
      runId,
      ...protocol,
      readyMs: options.readyMs,
      onReady() {
        ready = true;
        sendAll();
      },
      onMessage(message) {
        crashes = 0;
        if (message.t === 'answer') settle(message.id)?.resolve(message.body);
        else settle(message.id)?.reject(errorOf(message.error));
      },
    });
    // Nobody reads the streams yet; a full pipe would stop the worker.
    started.stdout.resume();
    started.stderr.resume();
    gone = started.exited.then(async (exit) => {
      const left = await started.reap(REAP_MS);
      if (left > 0)
        deps.log.error('workers', 'processes of a worker could not be ended', { worker: options.name, left });
      onExit(exit);
    });
    return started;
  }

  function onExit({ code, signal, ready: wasReady }: WorkerExit): void {
    worker = null;
    for (const stopGrace of cancelling.values()) stopGrace();
    cancelling.clear();
    if (!stopped) {
      crashes += 1;
      const how = signal === null ? `with exit code ${code ?? 'unknown'}` : `by ${signal}`;
      reason = `${options.name} ended ${how}${wasReady ? '' : ' before it was ready'}.`;
      const open = crashes >= options.maxCrashes;
      startAt = clock.monotonic() + (open ? options.openMs : options.backoffMs * 2 ** (crashes - 1));
      deps.log.warn('workers', 'a worker crashed', { worker: options.name, crashes, reason });
    }
    // A request that was not sent yet cannot be the cause: it waits for the next start, unless there is none.
    const mayWait = wasReady && !stopped && !isOpen();
    for (const [id, request] of [...pending]) {
      if (request.sent || !mayWait)
        settle(id)?.reject(new AppError('worker-crashed', reason || 'The worker was stopped.'));
    }
    if (pending.size > 0) ensureStarted();
  }

  function ensureStarted(): void {
    if (worker !== null || cancelStart !== null) return;
    const wait = startAt - clock.monotonic();
    if (wait <= 0) {
      worker = start();
      return;
    }
    cancelStart = clock.schedule(() => {
      cancelStart = null;
      if (worker === null && pending.size > 0 && !stopped) worker = start();
    }, wait);
  }

  /** The caller is answered at once; the worker has `cancelGraceMs` to confirm. */
  function giveUp(id: number, error: AppError): void {
    const request = pending.get(id);
    if (request === undefined) return;
    pending.delete(id);
    if (request.sent && worker !== null) {
      worker.send({ t: 'cancel', id } as z.input<typeof protocol.to>);
      cancelling.set(
        id,
        clock.schedule(() => worker?.kill(), options.cancelGraceMs),
      );
    }
    request.reject(error);
  }

  return {
    request(body, { deadlineMs, signal }) {
      if (signal?.aborted) return Promise.reject(new AppError('cancelled'));
      if (stopped || isOpen()) {
        const seconds = Math.max(1, Math.ceil((startAt - clock.monotonic()) / 1000));
        const detail = stopped ? 'The worker was stopped.' : reason;
        const extra = stopped ? {} : { retry_after: seconds };
        return Promise.reject(new AppError('service-unavailable', detail, { extra }));
      }
      const id = ++lastId;
      const abort = () => giveUp(id, new AppError('cancelled'));
      const cancelDeadline = clock.schedule(() => giveUp(id, new AppError('gateway-timeout')), deadlineMs);
      signal?.addEventListener('abort', abort, { once: true });
      const answered = new Promise<z.output<Answer>>((resolve, reject) => {
        pending.set(id, { resolve, reject, body, sent: false });
      });
      ensureStarted();
      sendAll();
      return answered.finally(() => {
        cancelDeadline();
        signal?.removeEventListener('abort', abort);
      });
    },
    openBecause: () => (isOpen() ? reason : null),
    async stop(graceMs) {
      stopped = true;
      cancelStart?.();
      worker?.stop({ t: 'stop' } as z.input<typeof protocol.to>, graceMs);
      await gone;
      for (const id of [...pending.keys()])
        settle(id)?.reject(new AppError('worker-crashed', 'The worker was stopped.'));
    },
  };
}

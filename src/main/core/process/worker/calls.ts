/** The requests of one worker: sent once it is ready, then answered, abandoned, or failed with the process. */
import type { z } from 'zod';
import { AppError, toAppError } from '../../../../contract/kernel/errors.ts';
import { parseSafely } from '../../../../contract/kernel/parse.ts';
import { issueText } from '../../../../contract/kernel/text/issue-text.ts';
import { fromWorker, toWorker } from '../../../../contract/kernel/worker-frames.ts';
import type { Clock } from '../../clock.ts';
import type { CircuitOptions } from './circuit.ts';
import { OpenRequests } from './open-requests.ts';
import type { WorkerDeps } from './process.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

/** The first thing that is wrong with a request, with its place. */
function reasonOf({ issues: [issue] }: z.ZodError): string {
  return issue === undefined ? '' : `${issue.path.map(String).join('.')} ${issueText(issue)}`.trim();
}

/** Options of `createWorkerClient`; all times in ms. */
export interface ClientOptions<Ask extends z.ZodType, Answer extends z.ZodType, Item extends z.ZodType>
  extends CircuitOptions {
  module: string;
  name: string;
  /** Environment of the process, without the run id. */
  env: Record<string, string>;
  /** Schemas of requests, of answers, and of the items before an answer. */
  ask: Ask;
  answer: Answer;
  item: Item;
  readyMs: number;
  /** How long a worker may take to confirm a cancel before it is killed. */
  cancelGraceMs: number;
  /** The same while it has requests of others, which would fail with it; {@link ClientOptions.cancelGraceMs} when it is absent. */
  sharedGraceMs?: number;
  /**
   * Called when a process has ended, before its requests fail.
   * @param isExcused whether the client has ended it for a cancel, and nothing that it did
   */
  onGone?(reason: string, isExcused: boolean): void;
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

/** @returns ends the worker unless it confirms the cancel of a request in time; `isFault` when the request was late before that */
function createGrace(
  clock: Clock,
  {
    cancelGraceMs,
    sharedGraceMs = cancelGraceMs,
  }: Pick<ClientOptions<never, never, never>, 'cancelGraceMs' | 'sharedGraceMs'>,
  requests: Pick<OpenRequests<unknown, unknown, unknown>, 'all' | 'cancelling'>,
  end: (id: number, isFault: boolean) => void,
) {
  return function endUnlessConfirmed(id: number, isFault: boolean, waited = cancelGraceMs): void {
    const look = () => {
      const isShared = requests.all().some(([, { sent }]) => sent);
      if (isShared && waited < sharedGraceMs) endUnlessConfirmed(id, isFault, waited + cancelGraceMs);
      else end(id, isFault);
    };
    requests.cancelling(id, clock.schedule(look, cancelGraceMs));
  };
}

/** A request that the worker cannot parse would crash it, and fail all other requests with it. @throws AppError `unprocessable-entity` */
function checkBody<Ask extends z.ZodType>(ask: Ask, body: z.input<Ask>): void {
  const { error } = parseSafely(ask, body);
  if (error === undefined) return;
  const reason = reasonOf(error).slice(0, 200);
  throw new AppError('unprocessable-entity', `The request cannot be computed: ${reason}`, { extra: { reason } });
}

/** Creates the supervised worker and its requests. */
export function createCalls<Ask extends z.ZodType, Answer extends z.ZodType, Item extends z.ZodType>(
  deps: WorkerDeps,
  options: ClientOptions<Ask, Answer, Item>,
) {
  const { clock } = deps;
  const requests = new OpenRequests<z.input<Ask>, z.output<Answer>, z.output<Item>>();
  /** Whether the process that is being ended has heard the cancel that it is ended for: then what else it did was not in the way. */
  let heard = false;
  const endUnlessConfirmed = createGrace(clock, options, requests, (id, isFault) => {
    heard = requests.hasHeard(id);
    worker.kill(isFault);
  });

  const worker = createSupervisor(deps, {
    ...options,
    to: toWorker(options.ask),
    from: fromWorker(options.item, options.answer),
    wanted: () => !requests.isEmpty,
    onReady: sendAll,
    onMessage: (message) => requests.take(message),
    onGone(reason, restarts, by) {
      options.onGone?.(reason, by === 'cancel');
      requests.workerGone();
      const crashed = new AppError('worker-crashed', reason, {
        extra: { killed: by !== 'itself', heard: by !== 'itself' && heard },
      });
      // A request that was not sent yet cannot be the cause: it waits for the next start, unless there is none.
      requests.fail(crashed, restarts ? 'sent' : 'all');
    },
  });

  function sendAll(): void {
    for (const [id, request] of requests.all()) {
      if (request.sent) continue;
      try {
        request.sent = worker.send({ t: 'request', id, body: request.body });
      } catch (error) {
        // A body that cannot be sent is the end of its own request and of no other.
        requests.settle(id)?.reject(toAppError(error));
      }
    }
  }

  /** Rejects the caller at once; the worker has `cancelGraceMs` to confirm. No effect on a request that is over or already abandoned. */
  function giveUp(id: number, error: AppError): void {
    // Settling an abandoned request would stop the grace time of its cancel.
    const request = requests.get(id) && requests.settle(id);
    if (request?.sent && worker.send({ t: 'cancel', id })) endUnlessConfirmed(id, error.slug !== 'cancelled');
    request?.reject(error);
  }

  /** Sends a request. @returns its answer; `leave` abandons it, `done` has to be called when it is over */
  function open(body: z.input<Ask>, signal: AbortSignal | undefined, item: (item: z.output<Item>) => void) {
    const refused = refusalOf(worker, signal);
    if (refused !== null) throw refused;
    checkBody(options.ask, body);
    const id = requests.nextId();
    const leave = (error: AppError) => giveUp(id, error);
    const abort = () => leave(new AppError('cancelled'));
    signal?.addEventListener('abort', abort, { once: true });
    const answer = new Promise<z.output<Answer>>((resolve, reject) => {
      requests.add(id, { resolve, reject, item, body, sent: false });
      worker.ensureStarted();
      sendAll();
    });
    return { id, answer, leave, done: () => signal?.removeEventListener('abort', abort) };
  }

  return {
    worker,
    open,
    /** Fails everything that is pending. */
    fail: (error: AppError) => requests.fail(error, 'all'),
  };
}

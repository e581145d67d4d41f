/**
 * The one path of every call at every door: look up → authorise → rate limit → parse → run → answer.
 * A door that reads a body may take the first three steps before it ({@link ServerDispatcher.admit}).
 */
import type { OperationId } from '../../../contract/index.ts';
import type { ContentUrl, Contract, Operation } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { Clock } from '../../core/clock.ts';
import type { StorageHealth } from '../../core/disk/storage-health.ts';
import type { Audit } from '../../core/log/audit.ts';
import type { Logger } from '../../core/log/logger.ts';
import { currentOperation } from '../../core/operation/current.ts';
import type {
  CallContext,
  Dispatcher,
  DispatchOptions,
  DispatchResult,
  DoorName,
  FileContent,
  HandlerSet,
  IdempotencyClaim,
} from '../../core/operation/operation.ts';
import { type AccountedCall, type Accounting, createAccounting } from './accounting.ts';
import { authorise, authoriseInput } from './authorise.ts';
import type { CallMetrics } from './call-metrics.ts';
import { createGrantedCall, type GrantedCall } from './granted-call.ts';
import { collectHandlers } from './handlers.ts';
import type { Idempotency } from './idempotency/index.ts';
import { createIntake, type Intake } from './intake.ts';
import { checkOutput } from './output-check.ts';
import type { RateLimiter } from './rate-limit.ts';
import { createResolve } from './resolve.ts';
import { parseInput } from './validation.ts';

/** What a dispatcher is made of. */
export interface DispatcherDeps {
  contract: Contract;
  /** Together one handler per operation. */
  handlers: readonly HandlerSet[];
  limiter: RateLimiter;
  idempotency: Idempotency;
  audit: Audit;
  metrics: CallMetrics;
  clock: Clock;
  log: Logger;
  /** Names what the disk refused. */
  storage: Pick<StorageHealth, 'typed'>;
  /** A one-time address of a file, for doors that carry no bytes. */
  addressOf: (op: OperationId, operation: Operation, id: string, content: FileContent) => ContentUrl;
  /** Doors at which outputs are parsed by their schema before they leave; HTTP alone unless said (tests: all). */
  checkOutputAt?: readonly DoorName[] | 'all';
}

/** A call that has passed authorisation and rate limit. */
export type Admission = AccountedCall;

/** Options of {@link ServerDispatcher.run}. */
export interface RunOptions extends DispatchOptions {
  /** Runs in place of the operation's handler: the HTTP door's own way of taking bytes in. Its answer is not parsed. */
  instead?: (input: never, context: CallContext) => unknown;
}

/** The dispatcher as doors see it. */
export interface ServerDispatcher extends Dispatcher {
  /** Look up, authorise, rate limit. @throws AppError */
  admit(op: string, context: CallContext, options?: DispatchOptions): Admission;
  /** Parse, run, answer. At the HTTP door a `bytes` operation answers its {@link FileContent}. @throws AppError */
  run(admission: Admission, input: unknown, options?: RunOptions): Promise<DispatchResult>;
  /** Puts a call that a door refused before it got here into the audit and the metrics. */
  refused: Accounting['refused'];
  /** Counts what calls hold in memory, at all doors together. */
  intake: Intake;
}

/**
 * Creates the dispatcher.
 * @throws Error when an operation has no handler, or two, or a handler has no operation
 */
export function createDispatcher(deps: DispatcherDeps): ServerDispatcher {
  const { limiter, metrics } = deps;
  const resolve = createResolve(deps.contract);
  const accounts = createAccounting(deps);
  limiter.onLimited = (tier) => metrics.limited(tier);
  const admit = createAdmit(deps, resolve, accounts);
  const run = createRun(deps, accounts);
  return {
    admit,
    run,
    dispatch: async (op, input, context, options) => run(admit(op, context, options), input, options),
    resolve: (op) => resolve(op) as ReturnType<Dispatcher['resolve']>,
    refused: accounts.refused,
    intake: createIntake(),
  };
}

/** The steps before the input: which operation it is, whether the caller may, and whether it is not too often. */
function createAdmit(
  { limiter, clock }: DispatcherDeps,
  resolve: ReturnType<typeof createResolve>,
  accounts: Accounting,
): ServerDispatcher['admit'] {
  return (op, context, options) => {
    const { id, operation } = resolve(op);
    const admission: Admission = { id, operation, context, startedAt: clock.monotonic() };
    try {
      authorise(operation, context.principal);
      // Signing in costs when it fails, see `takeFailure`.
      if (operation.tier !== 'auth') limiter.take(context.principal, operation.tier, context.remote, options?.onRate);
      context.principal.grant?.used();
    } catch (thrown) {
      throw accounts.notAdmitted(admission, thrown);
    }
    return admission;
  };
}

/** The steps from the input to the answer. */
function createRun(deps: DispatcherDeps, accounts: Accounting): ServerDispatcher['run'] {
  const answer = createAnswer(deps);
  const { checkOutputAt = ['http'] } = deps;
  const isChecked = (door: DoorName) => checkOutputAt === 'all' || checkOutputAt.includes(door);

  /** Parses one answer where that is asked for; a file has no schema. */
  function shaped(admission: Admission, input: unknown, value: unknown, isItem = false): unknown {
    const { id, operation, context } = admission;
    if (operation.bytes && context.door === 'http') return value;
    const schema = isItem && operation.event !== null ? operation.event : operation.output;
    return isChecked(context.door) ? checkOutput(id, schema, input, value) : value;
  }

  async function* streamed(admission: Admission, input: unknown, items: AsyncIterable<unknown>) {
    let status = 499;
    try {
      for await (const item of items) yield shaped(admission, input, item, true);
      status = 200;
    } catch (thrown) {
      status = 0;
      throw accounts.failed(admission, thrown, input);
    } finally {
      if (status !== 0) accounts.finished(admission, status);
    }
  }

  return async (admission, raw, options) => {
    const { operation, context } = admission;
    const id = admission.id as OperationId;
    let input: unknown = raw;
    const granted = createGrantedCall(context);
    try {
      granted.check();
      if (operation.desktopOnly && context.door !== 'ipc') throw notOffered(id);
      input = parseInput(operation, raw);
      authoriseInput(operation, input, context.principal);
      const answered = answer(admission, granted, input, options);
      // Most reads answer at once; waiting would cost each of them a turn of the microtask queue.
      const given = answered instanceof Promise ? await answered : answered;
      if (isStream(given)) {
        accounts.succeeded(admission, input);
        return { kind: 'stream', id, operation, items: streamed(admission, input, given) };
      }
      granted.close();
      const { replayed } = given;
      let { value } = given;
      if (operation.bytes && context.door !== 'http') {
        value = deps.addressOf(id, operation, (input as { id: string }).id, value as FileContent);
      }
      if (!options?.instead) value = shaped(admission, input, value);
      accounts.finished(admission, 200);
      if (!replayed) accounts.succeeded(admission, input, value);
      return { kind: 'value', id, operation, value, replayed, accepted: isAccepted(operation, value) };
    } catch (thrown) {
      granted.close();
      throw accounts.failed(admission, charged(deps.limiter, admission, thrown), input);
    }
  };
}

/** What a handler gave: a stream, or a value that has settled. */
type Answered = AsyncIterable<unknown> | { value: unknown; replayed: boolean };

/** Creates what runs a handler. */
function createAnswer(deps: DispatcherDeps) {
  const handlers = collectHandlers(deps.contract, deps.handlers);
  return (
    admission: Admission,
    granted: GrantedCall,
    input: unknown,
    options: RunOptions | undefined,
  ): Answered | Promise<Answered> => {
    const { id, operation, context } = admission;
    const handler = options?.instead ?? handlers.get(id);
    if (!handler) throw new Error(`${id} has no handler`);
    const call = (claim?: IdempotencyClaim) => {
      const given = granted.context(claim);
      // What answers anybody takes nobody's turn, and answers at once: no error of it could be lost.
      if (operation.anonymous) return handler(input as never, given);
      // The granted context, so that what works for the call ends with the credential as well.
      return currentOperation.run(
        given === context ? admission : { id, context: given },
        handler,
        input as never,
        given,
      );
    };
    const key = operation.idempotencyKey ? options?.idempotencyKey : undefined;
    if (key !== undefined) {
      const once = { principal: context.principal.id, key, op: id, input };
      return granted.value(deps.idempotency.once(once, async (claim) => call(claim)));
    }
    const given = call();
    if (isStream(given)) return granted.items(given);
    return given instanceof Promise ? granted.value(given).then(fresh) : fresh(given);
  };
}

const fresh = (value: unknown): Answered => ({ value, replayed: false });

/** A sign-in that failed, or the error that there have been too many of them. */
function charged(limiter: RateLimiter, { operation, context }: Admission, thrown: unknown): unknown {
  if (operation.tier !== 'auth' || !(thrown instanceof AppError) || thrown.slug !== 'unauthorized') return thrown;
  try {
    limiter.takeFailure(context.remote);
  } catch (tooMany) {
    return tooMany;
  }
  return thrown;
}

function notOffered(id: string): AppError {
  return new AppError('not-implemented', 'Only the desktop app offers this operation.', { extra: { feature: id } });
}

/** A job that has only begun. */
function isAccepted(operation: Operation, value: unknown): boolean {
  return (
    operation.job &&
    typeof value === 'object' &&
    value !== null &&
    'job_id' in value &&
    typeof value.job_id === 'string'
  );
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

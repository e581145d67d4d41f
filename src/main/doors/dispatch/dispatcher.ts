/**
 * The one path of every call at every door: look up → authorise → rate limit → parse → run → answer.
 * A door that reads a body may take the first three steps before it ({@link ServerDispatcher.admit}).
 */

import type { OperationId } from '../../../contract/index.ts';
import type { Contract, Operation } from '../../../contract/kernel/define.ts';
import { AppError, codeOf, toAppError } from '../../../contract/kernel/errors.ts';
import type { Clock } from '../../core/clock.ts';
import type { Audit } from '../../core/log/audit.ts';
import type { Logger } from '../../core/log/logger.ts';
import type {
  AnyHandler,
  CallContext,
  Dispatcher,
  DispatchOptions,
  DispatchResult,
  DoorName,
  IdempotencyClaim,
} from '../../core/operation/operation.ts';
import { authorise, authoriseInput } from './authorise.ts';
import type { CallMetrics } from './call-metrics.ts';
import { assertComplete, isDesktopOnly } from './completeness.ts';
import type { Idempotency } from './idempotency/index.ts';
import type { RateLimiter } from './rate-limit.ts';
import { createRefusalAudit } from './refusal-audit.ts';
import { createResolve } from './resolve.ts';
import { parseInput } from './validation.ts';

/** What a dispatcher is made of. */
export interface DispatcherDeps {
  contract: Contract;
  /** One handler per operation. */
  handlers: Readonly<Record<string, AnyHandler>>;
  limiter: RateLimiter;
  idempotency: Idempotency;
  audit: Audit;
  metrics: CallMetrics;
  clock: Clock;
  log: Logger;
  /** Doors at which outputs are parsed by their schema before they leave; HTTP alone unless said (tests: all). */
  checkOutputAt?: readonly DoorName[] | 'all';
}

/** A call that has passed authorisation and rate limit. */
export interface Admission {
  readonly id: string;
  readonly operation: Operation;
  readonly context: CallContext;
  /** Monotonic ms. */
  readonly startedAt: number;
}

/** Options of {@link ServerDispatcher.run}. */
export interface RunOptions extends DispatchOptions {
  /** Runs in place of the operation's handler: the HTTP door's own way with bytes. Its answer is not parsed. */
  instead?: (input: never, context: CallContext) => unknown;
}

/** The dispatcher as doors see it. */
export interface ServerDispatcher extends Dispatcher {
  /** Look up, authorise, rate limit. @throws AppError */
  admit(op: string, context: CallContext, options?: DispatchOptions): Admission;
  /** Parse, run, answer. @throws AppError */
  run(admission: Admission, input: unknown, options?: RunOptions): Promise<DispatchResult>;
  /** Puts a call that a door refused before it got here into the audit and the metrics. */
  refused(op: string, context: Pick<CallContext, 'principal' | 'door'>, error: AppError): void;
}

interface Entry {
  id: string;
  operation: Operation;
  handler: AnyHandler;
  audited: boolean;
}

/**
 * Creates the dispatcher.
 * @throws Error naming every operation without handler and every handler without operation
 */
export function createDispatcher(deps: DispatcherDeps): ServerDispatcher {
  const { contract, handlers, limiter, idempotency, audit, metrics, clock, log } = deps;
  assertComplete(contract, handlers);
  limiter.onLimited = (tier) => metrics.limited(tier);

  const resolve = createResolve(contract);
  const refusals = createRefusalAudit(audit, clock);
  const entries = new Map<string, Entry>(
    Object.entries(contract).map(([id, operation]) => [
      id,
      { id, operation, handler: handlers[id] as AnyHandler, audited: changesSomething(operation) },
    ]),
  );
  const checkAll = deps.checkOutputAt === 'all';
  const checked = new Set<DoorName>(Array.isArray(deps.checkOutputAt) ? deps.checkOutputAt : ['http']);
  const checksOutput = (door: DoorName) => checkAll || checked.has(door);

  function finish(admission: Admission, status: number): void {
    metrics.observe(admission.id, admission.context.door, status, (clock.monotonic() - admission.startedAt) / 1000);
  }

  /** Logs what the client will not be told, and counts and audits the failure. */
  function fail(admission: Admission, thrown: unknown, input: unknown): AppError {
    const error = toAppError(thrown);
    const { id, context } = admission;
    if (error.slug === 'internal-server-error') {
      log.error(id, 'operation failed', { request_id: context.requestId, error: error.cause ?? error });
    }
    finish(admission, error.status);
    if (entries.get(id)?.audited) record(admission, input, undefined, codeOf(error.slug));
    return error;
  }

  function record(admission: Admission, input: unknown, value: unknown, outcome: string): void {
    const { id, context } = admission;
    audit.record({
      principal: context.principal.id,
      door: context.door,
      op: id,
      target: targetOf(input, value),
      outcome,
    });
  }

  function checkedOutput(entry: Entry, input: unknown, value: unknown): unknown {
    // `fields` asks for a part of each item, which the schema of the whole cannot describe.
    if (isRecord(input) && input.fields !== undefined) return value;
    const result = entry.operation.output.safeParse(value);
    if (result.success) return result.data;
    throw new AppError('internal-server-error', undefined, {
      cause: new Error(`output of ${entry.id} does not match its schema: ${result.error.message}`),
    });
  }

  async function* streamed(entry: Entry, admission: Admission, input: unknown, items: AsyncIterable<unknown>) {
    const check = checksOutput(admission.context.door);
    let status = 499;
    try {
      for await (const item of items) yield check ? checkedOutput(entry, input, item) : item;
      status = 200;
    } catch (thrown) {
      status = 0;
      throw fail(admission, thrown, input);
    } finally {
      if (status !== 0) finish(admission, status);
    }
  }

  const admit: ServerDispatcher['admit'] = (op, context, options) => {
    const { id, operation } = resolve(op);
    const admission: Admission = { id, operation, context, startedAt: clock.monotonic() };
    try {
      authorise(operation, context.principal);
      limiter.take(context.principal, operation.tier, context.remote, options?.onRate);
    } catch (thrown) {
      const error = toAppError(thrown);
      finish(admission, error.status);
      refusals.record(context, id, codeOf(error.slug));
      throw error;
    }
    return admission;
  };

  const run: ServerDispatcher['run'] = async (admission, raw, options) => {
    const { id, operation, context } = admission;
    const entry = entries.get(id) as Entry;
    const shape = options?.instead === undefined && checksOutput(context.door);
    let input: unknown = raw;
    try {
      const handler = options?.instead ?? entry.handler;
      if (context.door !== 'ipc' && isDesktopOnly(operation)) {
        throw new AppError('not-implemented', 'Only the desktop app offers this operation.', {
          extra: { feature: id },
        });
      }
      input = parseInput(operation, raw);
      authoriseInput(operation, input, context.principal);
      const call = (claim?: IdempotencyClaim) =>
        handler(input as never, claim === undefined ? context : { ...context, claim });
      const key = operation.idempotencyKey ? options?.idempotencyKey : undefined;
      let replayed = false;
      let value: unknown;
      if (key === undefined) {
        value = call();
        if (isStream(value)) {
          if (entry.audited) record(admission, input, undefined, 'ok');
          return { kind: 'stream', id: id as OperationId, operation, items: streamed(entry, admission, input, value) };
        }
        value = await value;
      } else {
        const request = { principal: context.principal.id, key, op: id, input };
        ({ value, replayed } = await idempotency.once(request, async (claim) => call(claim)));
      }
      if (shape) value = checkedOutput(entry, input, value);
      finish(admission, 200);
      if (entry.audited && !replayed) record(admission, input, value, 'ok');
      return {
        kind: 'value',
        id: id as OperationId,
        operation,
        value,
        replayed,
        accepted: isAccepted(operation, value),
      };
    } catch (thrown) {
      throw fail(admission, thrown, input);
    }
  };

  return {
    admit,
    run,
    dispatch: async (op, input, context, options) => run(admit(op, context, options), input, options),
    resolve: (op) => resolve(op) as ReturnType<Dispatcher['resolve']>,
    refused(op, context, error) {
      metrics.observe(op, context.door, error.status, 0);
      refusals.record(context, op, codeOf(error.slug));
    },
  };
}

/** Everything but reading: any HTTP method but GET; where there is no route, any scope but `read`. */
function changesSomething(operation: Operation): boolean {
  return operation.http === null ? operation.scope !== 'read' : operation.http.method !== 'GET';
}

/** A job that has only begun (api.md §4.6). */
function isAccepted(operation: Operation, value: unknown): boolean {
  return operation.job && isRecord(value) && typeof value.job_id === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** The id of what a call was about. */
function targetOf(input: unknown, value: unknown): string | null {
  for (const source of [input, value]) {
    if (isRecord(source) && typeof source.id === 'string') return source.id;
  }
  return null;
}

/** What every call leaves behind: a count, an audit line, and a log line when it failed with an internal error. */
import type { Operation } from '../../../contract/kernel/define.ts';
import { type AppError, codeOf } from '../../../contract/kernel/errors.ts';
import type { Clock } from '../../core/clock.ts';
import type { StorageHealth } from '../../core/disk/storage-health.ts';
import type { Audit } from '../../core/log/audit.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { CallContext } from '../../core/operation/operation.ts';
import type { CallMetrics } from './call-metrics.ts';
import { createRefusalAudit } from './refusal-audit.ts';

/** A call whose operation is known. */
export interface AccountedCall {
  readonly id: string;
  readonly operation: Operation;
  readonly context: CallContext;
  /** Monotonic ms. */
  readonly startedAt: number;
}

/** Metrics, audit and error log of the dispatcher. */
export interface Accounting {
  /** Counts a call that ended with an HTTP status; 499 for one that its caller left. */
  finished(call: AccountedCall, status: number): void;
  /** Writes the audit line of a call that took effect. */
  succeeded(call: AccountedCall, input: unknown, value?: unknown): void;
  /** Counts, audits, and logs an internal error. @returns the error for the client */
  failed(call: AccountedCall, thrown: unknown, input: unknown): AppError;
  /** Counts and audits a call that was not admitted. @returns the error for the client */
  notAdmitted(call: AccountedCall, thrown: unknown): AppError;
  /** Counts and audits a request that a door refused before it was a call of the dispatcher. */
  refused(op: string, context: Pick<CallContext, 'principal' | 'door'>, error: AppError): void;
}

/** Creates the accounting. */
export function createAccounting(deps: {
  metrics: CallMetrics;
  audit: Audit;
  clock: Clock;
  log: Logger;
  storage: Pick<StorageHealth, 'typed'>;
}): Accounting {
  const { metrics, audit, clock, log, storage } = deps;
  const refusals = createRefusalAudit(audit, clock, log);

  function record({ id, operation, context }: AccountedCall, input: unknown, value: unknown, outcome: string): void {
    if (!operation.audited) return;
    const { principal, door } = context;
    audit.record({ principal: principal.id, door, op: id, target: targetOf(input, value), outcome });
  }

  const finished: Accounting['finished'] = ({ id, context, startedAt }, status) =>
    metrics.observe(id, context.door, status, (clock.monotonic() - startedAt) / 1000);

  return {
    finished,
    succeeded: (call, input, value) => record(call, input, value, 'ok'),
    failed(call, thrown, input) {
      const error = storage.typed(thrown);
      if (error.slug === 'internal-server-error') {
        log.error(call.id, 'operation failed', {
          request_id: call.context.requestId,
          error: error.cause ?? error,
        });
      }
      finished(call, error.status);
      record(call, input, undefined, codeOf(error.slug));
      return error;
    },
    notAdmitted(call, thrown) {
      const error = storage.typed(thrown);
      finished(call, error.status);
      refusals.record(call.context, call.id, codeOf(error.slug));
      return error;
    },
    refused(op, context, error) {
      metrics.observe(op, context.door, error.status, 0);
      refusals.record(context, op, codeOf(error.slug));
    },
  };
}

/** Longest id in the audit; no entity has one of more than 30 characters. */
const MAX_ID = 64;

/** Ids come from callers, as long as a body may be and in any code units. */
function shortId(id: string): string {
  return (id.length > MAX_ID ? `${id.slice(0, MAX_ID - 1)}…` : id).toWellFormed();
}

/** The id of what a call was about. */
function targetOf(...sources: readonly unknown[]): string | null {
  for (const source of sources) {
    if (typeof source === 'object' && source !== null && 'id' in source && typeof source.id === 'string')
      return shortId(source.id);
  }
  return null;
}

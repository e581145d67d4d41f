/** How an attempt fails: with a problem for the operator, and whether trying again can help. */

import type { ExecutorResult } from '../../contract/automation/executor.ts';
import type { Problem } from '../../contract/kernel/errors.ts';
import { AppError, type ErrorSlug, problemOf } from '../../contract/kernel/errors.ts';
import { storageFaultCode } from '../../contract/kernel/storage-faults.ts';

/** Reason of a cancel message. */
export type CancelReason = 'cancelled' | 'timed_out' | 'shutdown';

/** Options of {@link Failure}. */
export interface FailureOptions {
  retryable: boolean;
  exitCode?: number;
  /** Members of the problem beside the standard ones. */
  extra?: Record<string, unknown>;
  /** Texts by what they are about. */
  errors?: Record<string, string>;
  cause?: unknown;
}

/** An attempt that failed in a way that is understood. */
export class Failure extends Error {
  readonly problem: Problem;
  readonly retryable: boolean;
  readonly exitCode: number | null;

  constructor(slug: ErrorSlug, detail: string, { retryable, exitCode, extra, errors, cause }: FailureOptions) {
    super(detail, { cause });
    this.name = 'Failure';
    this.problem = problemOf(
      new AppError(slug, detail, {
        ...(extra === undefined ? {} : { extra }),
        ...(errors === undefined ? {} : { errors }),
      }),
    );
    this.retryable = retryable;
    this.exitCode = exitCode ?? null;
  }
}

/** Reason of the task's `AbortSignal`; what a script sees when it waits on it. */
export class Cancelled extends Error {
  readonly reason: CancelReason;

  constructor(reason: CancelReason) {
    super(
      {
        cancelled: 'The task was cancelled.',
        timed_out: 'The time of the task is over.',
        shutdown: 'TabAgent is shutting down.',
      }[reason],
    );
    // As the web names it, so that code which looks for an AbortError finds one.
    this.name = 'AbortError';
    this.reason = reason;
  }
}

/** Result of an attempt that a cancel message ended. A shutdown leaves the decision about another attempt to the host. */
export function cancelledResult(reason: CancelReason): ExecutorResult {
  const slug: ErrorSlug = { cancelled: 'cancelled', timed_out: 'task-timeout', shutdown: 'task-interrupted' }[
    reason
  ] as ErrorSlug;
  return {
    t: 'result',
    ok: false,
    outcome: reason === 'timed_out' ? 'timed_out' : 'cancelled',
    error: problemOf(new AppError(slug, new Cancelled(reason).message)),
    retryable: reason !== 'cancelled',
    exit_code: null,
  };
}

/** What a disk refused; where a script wanted to write stays known. */
function diskFull(code: string, error: unknown): Failure {
  const {
    type,
    title,
    status,
    detail,
    code: _,
    ...extra
  } = error instanceof Failure ? error.problem : problemOf(new AppError('storage-full'));
  const what = error instanceof Error ? error.message : detail;
  return new Failure('storage-full', `The disk took nothing more (${code}): ${what}`, {
    retryable: true,
    extra: { ...extra, reason: code },
    cause: error,
  });
}

/** Result of an attempt that threw. */
export function failedResult(error: unknown): ExecutorResult {
  const full = storageFaultCode(error);
  const failure =
    full !== null
      ? diskFull(full, error)
      : error instanceof Failure
        ? error
        : new Failure('internal-server-error', 'The executor failed; its log has the cause.', {
            retryable: true,
            cause: error,
          });
  return {
    t: 'result',
    ok: false,
    outcome: 'failed',
    error: failure.problem,
    retryable: failure.retryable,
    exit_code: failure.exitCode,
  };
}

/** How an attempt ended → what that means for its task. */
import { RetryPolicy } from '../../../../contract/automation/commands.ts';
import type { Problem } from '../../../../contract/kernel/errors.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import type { TaskRow } from '../schema.ts';
import type { AttemptEnd } from '../store/end-store.ts';
import { backoffMs } from './backoff.ts';
import { rankOf } from './lanes.ts';
import { cancelledProblem, interruptedProblem, timeoutProblem } from './problems.ts';

/** What happened to an attempt. */
export type Happened =
  | { t: 'succeeded'; output: Json; exitCode: number | null }
  | { t: 'failed'; error: Problem; retryable: boolean; exitCode: number | null }
  /** The process ended without an answer. */
  | { t: 'crashed'; error: Problem; exitCode: number | null }
  | { t: 'timed_out' }
  | { t: 'cancelled' }
  /** The host stopped or died, for a reason of its own when one is known. */
  | { t: 'interrupted'; error?: Problem };

/** The part of a task that decides. */
export type Attempted = Pick<TaskRow, 'attempt' | 'max_attempts' | 'priority' | 'retry'> &
  Partial<Pick<TaskRow, 'timeout_seconds'>>;

/** A policy that cannot be read any more must not keep an attempt from ending: then the usual one holds. */
function policyOf({ retry }: Attempted): RetryPolicy {
  try {
    return RetryPolicy.parse(JSON.parse(retry));
  } catch {
    return RetryPolicy.parse({});
  }
}

/**
 * The end of an attempt by the retry policy: with attempts left everything but success, cancel and non-retryable errors
 * leads to `retrying`; without, a crash leads to the dead letter, all else to the state that says what happened.
 * @param random uniform in [0, 1), for the jitter
 */
export function attemptOutcome(
  task: Attempted,
  happened: Happened,
  now: number,
  random: number,
): Omit<AttemptEnd, 'log'> {
  const left = task.attempt < task.max_attempts;
  const retry = (attemptStatus: AttemptEnd['attemptStatus'], error: Problem, exitCode: number | null) => {
    const policy = policyOf(task);
    const dueAt = now + backoffMs(policy, task.attempt, error, random);
    const next = { dueAt, rank: rankOf(task.priority, dueAt) };
    return { name: 'retry', attemptStatus, output: null, error, exitCode, next } as const;
  };
  const none = { output: null, exitCode: null, next: null };

  switch (happened.t) {
    case 'succeeded':
      return {
        ...none,
        output: happened.output,
        exitCode: happened.exitCode,
        name: 'succeed',
        attemptStatus: 'succeeded',
        error: null,
      };
    case 'cancelled':
      return { ...none, name: 'cancel', attemptStatus: 'cancelled', error: cancelledProblem() };
    case 'failed': {
      const { error, exitCode, retryable } = happened;
      if (left && retryable) return retry('failed', error, exitCode);
      return { ...none, name: 'fail', attemptStatus: 'failed', error, exitCode };
    }
    case 'crashed': {
      const { error, exitCode } = happened;
      if (left) return retry('failed', error, exitCode);
      return { ...none, name: 'dead_letter', attemptStatus: 'failed', error, exitCode };
    }
    case 'timed_out': {
      const error = timeoutProblem(task.timeout_seconds ?? 0);
      if (left) return retry('timed_out', error, null);
      return { ...none, name: 'time_out', attemptStatus: 'timed_out', error };
    }
    case 'interrupted': {
      const error = happened.error ?? interruptedProblem();
      if (left) return retry('interrupted', error, null);
      return { ...none, name: 'interrupt', attemptStatus: 'interrupted', error };
    }
  }
}

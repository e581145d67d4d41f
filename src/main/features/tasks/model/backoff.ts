/** When the next attempt of a task may start. */
import type { RetryPolicy } from '../../../../contract/automation/commands.ts';
import type { Problem } from '../../../../contract/kernel/errors.ts';

/** No wait between two attempts is longer, whatever the policy or the other side says: 24 h, ms. */
export const MAX_BACKOFF_MS = 86_400_000;
/** A wait differs from the computed one by at most this share, so that tasks that failed together do not return together. */
export const JITTER = 0.25;

/**
 * Exponential backoff with jitter: `backoff × factor^(attempt − 1)`, ±25 %, at most 24 h.
 * `retry_after` (seconds) of the error is a lower bound, as RFC 9110 §10.2.3 asks.
 * @param attempt number of the attempt that just ended, from 1
 * @param random  uniform in [0, 1)
 * @returns ms, 0 … {@link MAX_BACKOFF_MS}
 */
export function backoffMs(policy: RetryPolicy, attempt: number, error: Problem | null, random: number): number {
  const base = Math.min(policy.backoff_seconds * 1000 * policy.factor ** (attempt - 1), MAX_BACKOFF_MS);
  const jittered = base * (1 + JITTER * (2 * random - 1));
  const asked = error === null ? 0 : retryAfterMs(error);
  return Math.round(Math.min(Math.max(jittered, asked), MAX_BACKOFF_MS));
}

function retryAfterMs(error: Problem): number {
  const seconds = error.retry_after;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

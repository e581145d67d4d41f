/** Problems that the host itself writes on tasks. */
import { AppError, type ErrorSlug, type Problem, problemOf } from '../../../../contract/kernel/errors.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';

/** A problem body as it is stored on a task. */
export function problem(slug: ErrorSlug, detail?: string, extra: Record<string, unknown> = {}): Problem {
  return problemOf(new AppError(slug, detail, { extra }));
}

/** On a task that was cancelled. */
export const cancelledProblem = () => problem('cancelled', 'The task was cancelled.');

/** On an attempt that ran longer than its timeout. */
export const timeoutProblem = (seconds: number) =>
  problem('task-timeout', `The task ran longer than its timeout of ${seconds} s.`, { timeout_seconds: seconds });

/** On an attempt that the end of the host cut off. */
export const interruptedProblem = () => problem('task-interrupted');

/** On an attempt that was cut off while nothing could be stored. */
export const diskFullProblem = () =>
  problem(
    'storage-full',
    'The disk was full when the host stopped, so the outcome of the task was not stored; run it again.',
  );

/** On an attempt whose process ended without an answer. */
export function crashedProblem(code: number | null, signal: string | null): Problem {
  const how = signal !== null ? `was ended by ${signal}` : `ended with exit code ${code ?? 'unknown'}`;
  return problem('worker-crashed', `The process that ran the task ${how} before the task finished; see the log.`, {
    exit_code: code,
    signal,
  });
}

/** A problem as plain JSON, for events. */
export function problemJson(value: Problem | null): Json {
  return value === null ? null : (JSON.parse(JSON.stringify(value)) as Json);
}

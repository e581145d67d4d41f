/** What the runner of every kind of command works with. */

import type { ExecutorJob } from '../../contract/automation/executor.ts';
import type { FailureEvidence } from '../../contract/automation/report/evidence.ts';
import type { Redactor } from '../../contract/kernel/redact/redact.ts';
import type { Json } from '../../contract/kernel/scalars.ts';
import type { Artifacts } from './output/artifacts.ts';
import type { Log } from './output/log.ts';
import type { Report } from './output/report.ts';
import type { Steps } from './output/steps.ts';

/** One attempt of one task, inside its own process. */
export interface Run {
  readonly job: ExecutorJob;
  readonly redactor: Redactor;
  readonly log: Log;
  readonly report: Report;
  readonly artifacts: Artifacts;
  readonly steps: Steps;
  /** What will be told with a failure; filled in as it becomes known, because a script may end its process at any time. */
  readonly evidence: FailureEvidence;
  /** Aborts with a `Cancelled` as its reason. */
  readonly signal: AbortSignal;
  /** Takes uncaught errors while a script runs; without it such an error ends the attempt at once. */
  onFault: ((error: unknown) => void) | null;
}

/** Runs a spec of one kind and answers the output; throws a `Failure`, or the signal's reason once it has aborted. */
export type Runner<Spec> = (run: Run, spec: Spec) => Promise<Json>;

/** Rejects with the reason of a signal as soon as it aborts; settles in no other way. */
export function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Waits for something, but not longer than `ms`; true when it came to its end, also by an error. */
export async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const timeout = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => timeout.resolve(false), ms);
  const done = work.then(
    () => true,
    () => true,
  );
  const result = await Promise.race([done, timeout.promise]);
  clearTimeout(timer);
  return result;
}

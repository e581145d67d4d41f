/** Programming errors that the host survives: counted, and logged as soon as there is a log. */

import { currentNames } from './operation/current.ts';
import { describeError } from './process/describe-error.ts';

/** Where faults are logged: a `Logger`, which is itself built on what reports faults. */
interface FaultLog {
  error(source: string, message: string, data: Record<string, unknown>): void;
}

export interface Faults {
  /** @param source the component in which it happened */
  report(source: string, error: unknown): void;
  /** Since the start. */
  count(): number;
  /**
   * Logs what was reported so far and everything from now on.
   * @param redact removes secrets from a text
   */
  logTo(log: FaultLog, redact: (text: string) => string): void;
}

/**
 * Creates an empty account of faults.
 * @param storage takes those by which the disk refused a write: they are no errors of the program
 */
export function createFaults(storage?: { report(error: unknown): boolean }): Faults {
  let count = 0;
  let log: FaultLog | undefined;
  let redact = (text: string) => text;
  const early: [source: string, error: unknown][] = [];
  const write = (source: string, error: unknown) =>
    log?.error(source, 'a callback failed', { error: describeError(error, redact), ...currentNames() });
  return {
    report(source, error) {
      if (storage?.report(error)) return;
      count += 1;
      if (log) write(source, error);
      else early.push([source, error]);
    },
    count: () => count,
    logTo(target, redactWith) {
      log = target;
      redact = redactWith;
      for (const [source, error] of early.splice(0)) write(source, error);
    },
  };
}

/**
 * When a worker that crashes may be started again: after a back-off that doubles with each crash in a row; after too many of them only
 * once the circuit has been open for a while (circuit breaker; Nygard, "Release It!").
 */
import type { Clock } from '../../clock.ts';

/** Times in ms. */
export interface CircuitOptions {
  /** Wait before the start after the first crash; it doubles with each further crash in a row. */
  backoffMs: number;
  /** Crashes in a row, without an answer in between, that open the circuit. */
  maxCrashes: number;
  /** How long the circuit stays open. Then one more crash opens it again, and one answer closes it. */
  openMs: number;
}

/** Counts crashes in a row; see the file's head. */
export interface Circuit {
  /** @returns how many crashes there were in a row */
  crashed(reason: string): number;
  answered(): void;
  /** Time until the next start, ms; 0 when it may happen now. */
  waitMs(): number;
  /** Reason of the last crash while the circuit is open, else null. */
  openBecause(): string | null;
}

/** Creates a closed circuit. */
export function createCircuit(clock: Clock, { backoffMs, maxCrashes, openMs }: CircuitOptions): Circuit {
  let crashes = 0;
  let last = '';
  let startAt = Number.NEGATIVE_INFINITY;
  const waitMs = () => Math.max(0, startAt - clock.monotonic());
  return {
    crashed(reason) {
      crashes += 1;
      last = reason;
      startAt = clock.monotonic() + (crashes >= maxCrashes ? openMs : backoffMs * 2 ** (crashes - 1));
      return crashes;
    },
    answered() {
      crashes = 0;
    },
    waitMs,
    openBecause: () => (crashes >= maxCrashes && waitMs() > 0 ? last : null),
  };
}

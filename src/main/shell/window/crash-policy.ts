/** What to do when the panel's process ends: load it again, more slowly each time, and ask a person after three. */

/** Crashes further apart than this do not count together, ms. */
export const CRASH_WINDOW_MS = 60_000;
const DELAYS_MS = [100, 1000] as const;

/** What to do after a crash. */
export type CrashVerdict = { action: 'reload'; delayMs: number } | { action: 'ask' };

/** Counts crashes of one window. */
export function createCrashPolicy(now: () => number): { crashed(): CrashVerdict; reset(): void } {
  let crashes: number[] = [];
  return {
    crashed: () => {
      const at = now();
      crashes = [...crashes.filter((one) => at - one < CRASH_WINDOW_MS), at];
      const delayMs = DELAYS_MS[crashes.length - 1];
      return delayMs === undefined ? { action: 'ask' } : { action: 'reload', delayMs };
    },
    reset: () => {
      crashes = [];
    },
  };
}

/** Time behind an interface, so that tests own it. */

/** Source of time and timers. */
export interface Clock {
  /** Wall clock, unix ms. */
  now(): number;
  /** Monotonic clock, ms; only differences mean something. */
  monotonic(): number;
  /**
   * Runs `fn` once after `delayMs` (capped at 2^31-1, where Node's timers overflow) and does not keep the process alive.
   * @returns cancels it
   */
  schedule(fn: () => void, delayMs: number): () => void;
}

const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The real clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule: (fn, delayMs) => {
    const timer = setTimeout(fn, Math.min(Math.max(0, delayMs), MAX_TIMEOUT_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/**
 * A point of time that is reached once and for all: when the wall clock says so, or when as much time has passed as lay before it
 * now. Setting the clock back does not put it off.
 * @returns whether it has been reached
 */
export function deadlineAt(clock: Clock, at: number): () => boolean {
  const monotonicAt = clock.monotonic() + at - clock.now();
  let reached = false;
  return () => {
    reached ||= clock.now() >= at || clock.monotonic() >= monotonicAt;
    return reached;
  };
}

/** Unix ms → `2026-11-20T10:50:00.000Z`. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** {@link iso} that keeps null. */
export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}

/** The request to stop an attempt, which may come before its process exists. */
import type { ToExecutor } from '../../../../contract/automation/executor.ts';

/** Why a running attempt is to stop. */
export type StopReason = Extract<ToExecutor, { t: 'cancel' }>['reason'];

/** See {@link createStopSwitch}. */
export interface StopSwitch {
  /** The first reason stays; a later request counts only when it leaves less time. */
  request(reason: StopReason, graceMs: number): void;
  reason(): StopReason | null;
  /** Calls `listener` with a request that was made before, and with every further one. */
  listen(listener: (reason: StopReason, graceMs: number) => void): void;
}

/** Creates a switch without a request. */
export function createStopSwitch(): StopSwitch {
  let requested: { reason: StopReason; graceMs: number } | null = null;
  let notify: ((reason: StopReason, graceMs: number) => void) | null = null;
  return {
    request(reason, graceMs) {
      if (requested !== null && graceMs >= requested.graceMs) return;
      requested = { reason: requested?.reason ?? reason, graceMs };
      notify?.(requested.reason, graceMs);
    },
    reason: () => requested?.reason ?? null,
    listen(listener) {
      notify = listener;
      if (requested !== null) listener(requested.reason, requested.graceMs);
    },
  };
}

/** Audit lines of refused calls, thinned so that a flood of refusals does not become a flood of writes. */

import type { Clock } from '../../core/clock.ts';
import type { Audit } from '../../core/log/audit.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { CallContext } from '../../core/operation/operation.ts';

const WINDOW_MS = 60_000;
const LINES_PER_WINDOW = 30;
const MAX_CALLERS = 1000;

/** Records refusals. */
export interface RefusalAudit {
  /** Writes a line, or counts it when this caller has had its share of the current minute; the count is part of the next line. */
  record(context: Pick<CallContext, 'principal' | 'door'>, op: string, outcome: string): void;
}

/** Creates the recorder. */
export function createRefusalAudit(audit: Audit, clock: Clock, log: Logger): RefusalAudit {
  // A person at the terminal has no use for each of them.
  const filed = log.for('http', { terminal: false });
  const callers = new Map<string, { since: number; lines: number; skipped: number }>();
  return {
    record({ principal, door }, op, outcome) {
      const now = clock.monotonic();
      let caller = callers.get(principal.id);
      if (!caller || now - caller.since > WINDOW_MS) {
        const skipped = caller?.skipped ?? 0;
        callers.delete(principal.id);
        if (callers.size >= MAX_CALLERS) {
          const [oldest] = callers.keys();
          if (oldest !== undefined) callers.delete(oldest);
        }
        caller = { since: now, lines: 0, skipped };
        callers.set(principal.id, caller);
      }
      if (caller.lines >= LINES_PER_WINDOW) {
        caller.skipped += 1;
        return;
      }
      caller.lines += 1;
      const told = caller.skipped === 0 ? outcome : `${outcome} (and ${caller.skipped} more not recorded)`;
      caller.skipped = 0;
      audit.record({ principal: principal.id, door, op, target: null, outcome: told });
      filed.warn('refusals', `A call of ${op} was refused: ${told}`, { principal: principal.id, door });
    },
  };
}

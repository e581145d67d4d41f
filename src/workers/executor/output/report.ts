/** Messages to the host, redacted and within their limits. */
import type { FromExecutor } from '../../../contract/automation/executor.ts';
import { keptNote, keptResult } from '../../../contract/automation/report/kept-report.ts';
import { PROGRESS_MS } from '../../../contract/automation/report/report-limits.ts';
import type { Redactor } from '../../../contract/kernel/redact/redact.ts';
import type { Port } from '../../shared/port.ts';

/** The host's side of an attempt. */
export interface Report {
  send(message: FromExecutor): void;
  /** Sends at most four a second; the last one always arrives, see {@link Report.flush}. */
  progress(percent: number | null, message: string | null): void;
  /** Sends a progress message that still waits. */
  flush(): void;
}

function kept(message: FromExecutor, redactor: Redactor): FromExecutor {
  switch (message.t) {
    case 'ready':
      return message;
    case 'result':
      return keptResult(message, redactor);
    default:
      return keptNote(message, redactor);
  }
}

/** Opens the way to the host. */
export function createReport(port: Port, redactor: Redactor): Report {
  let waiting: FromExecutor | null = null;
  let timer: NodeJS.Timeout | undefined;

  const send = (message: FromExecutor) => port.send(kept(message, redactor));
  function next(): void {
    timer = undefined;
    if (waiting === null) return;
    send(waiting);
    waiting = null;
    timer = setTimeout(next, PROGRESS_MS);
  }

  return {
    send,
    progress(percent, message) {
      const rounded = percent === null || !Number.isFinite(percent) ? null : Math.min(100, Math.max(0, percent));
      waiting = { t: 'progress', percent: rounded, message };
      if (timer === undefined) next();
    },
    flush() {
      clearTimeout(timer);
      timer = undefined;
      if (waiting !== null) send(waiting);
      waiting = null;
    },
  };
}

/** Messages to the host, redacted. */
import { keptEvidence } from '../../../contract/automation/evidence.ts';
import type { FromExecutor } from '../../../contract/automation/executor.ts';
import { PROGRESS_MS } from '../../../contract/automation/report-limits.ts';
import { type Redactor, redactProblem } from '../../../contract/kernel/redact/redact.ts';
import type { Port } from '../port.ts';

/** The host's side of an attempt. */
export interface Report {
  send(message: FromExecutor): void;
  /** Sends at most four a second; the last one always arrives, see {@link Report.flush}. */
  progress(percent: number | null, message: string | null): void;
  /** Sends a progress message that still waits. */
  flush(): void;
}

/** Members are redacted one by one: a secret like `1700` must not hit the numbers that the protocol itself needs. */
function redacted(message: FromExecutor, redactor: Redactor): FromExecutor {
  switch (message.t) {
    case 'ready':
    case 'artifact':
      return message;
    case 'progress':
      return { ...message, message: redactor.json(message.message) };
    case 'step_start':
      return { ...message, name: redactor.text(message.name) };
    case 'step_end':
      return {
        ...message,
        output: redactor.json(message.output),
        error: message.error === null ? null : redactProblem(message.error, redactor),
      };
    case 'evidence':
      return {
        ...message,
        evidence: keptEvidence(message.evidence, message.seq === null ? 'attempt' : 'step', redactor.text),
      };
    case 'result':
      return message.ok
        ? { ...message, output: redactor.json(message.output) }
        : { ...message, error: redactProblem(message.error, redactor) };
  }
}

/** Opens the way to the host. */
export function createReport(port: Port, redactor: Redactor): Report {
  let waiting: FromExecutor | null = null;
  let timer: NodeJS.Timeout | undefined;

  const send = (message: FromExecutor) => port.send(redacted(message, redactor));
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

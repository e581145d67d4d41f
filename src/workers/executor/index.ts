/**
 * The executor: a process that runs one attempt of one task and ends. The host sends the job over IPC, reads log lines
 * from standard output, and ends the whole tree if this process does not end by itself.
 */
import { ToExecutor } from '../../contract/automation/executor.ts';
import { openPort } from '../shared/port.ts';
import { type Attempt, startAttempt } from './attempt.ts';
import type { CancelReason } from './failure.ts';

/** Longest time that a clean stop may take after the host has gone, ms. */
const ORPHAN_GRACE = 2000;

Error.stackTraceLimit = 50;
const port = openPort();
let attempt: Attempt | undefined;

async function exit(): Promise<never> {
  await port.flush();
  process.exit(0);
}

function cancel(reason: CancelReason): void {
  if (attempt === undefined) process.exit(0);
  attempt.cancel(reason);
}

/** The host has gone: close the browser in order and exit. */
function orphaned(): void {
  setTimeout(() => process.exit(1), ORPHAN_GRACE).unref();
  cancel('shutdown');
}

function fault(error: unknown): void {
  if (attempt === undefined) throw error;
  attempt.fault(error);
}

port.onMessage((message) => {
  const parsed = ToExecutor.parse(message);
  if (parsed.t === 'cancel') return cancel(parsed.reason);
  if (attempt !== undefined) return;
  attempt = startAttempt(parsed.job, port);
  void attempt.done.then(exit);
});
port.onClose(orphaned);
process.on('SIGTERM', () => cancel('shutdown'));
process.on('SIGINT', () => cancel('shutdown'));
process.on('SIGHUP', () => cancel('shutdown'));
process.on('uncaughtException', fault);
process.on('unhandledRejection', fault);
process.on('exit', (code) => attempt?.exiting(code));
port.send({ t: 'ready' });

/** Exit codes of the command line. Scripts rely on them: they do not change. */
import type { TaskStatus } from '../../contract/automation/tasks.ts';

/** Exit codes by meaning. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  portTaken: 3,
  alreadyRunning: 4,
  unsafeBind: 5,
  /** The host failed again and again (`EX_SOFTWARE` of sysexits.h). */
  crashed: 70,
  timedOut: 124,
  cancelled: 130,
} as const;

/** Exit code of `tabagent run`: the outcome of its task. */
export function exitCodeOf(status: TaskStatus): number {
  if (status === 'succeeded') return EXIT.ok;
  if (status === 'cancelled') return EXIT.cancelled;
  if (status === 'timed_out') return EXIT.timedOut;
  return EXIT.failed;
}

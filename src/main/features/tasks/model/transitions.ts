/** The state machine of a task: one table, from which every guarded SQL statement takes its states. */
import { isTerminal, type TaskStatus, TERMINAL_STATUSES } from '../../../../contract/automation/tasks.ts';

const unfinished = ['scheduled', 'queued', 'running', 'retrying'] as const satisfies TaskStatus[];
const live = ['running'] as const satisfies TaskStatus[];

interface Transition {
  from: readonly TaskStatus[];
  to: TaskStatus;
}

/**
 * What can happen to a task. Which end an attempt that did not succeed leads to:
 *
 * - `fail`: the command failed and its attempts are spent, or the error is non-retryable.
 * - `dead_letter`: the attempts are spent and the last one *crashed* its process (it neither answered nor threw), so a person should
 *   look at the task before it runs again.
 * - `retry`: attempts are left, whether the attempt failed, crashed, ran out of time or was cut off by the host's end.
 * - `interrupt`: cut off by the host's end with no attempt left.
 * - `release`: claimed, but its profile was taken meanwhile; back into the queue, and no attempt is spent.
 */
export const TRANSITIONS = {
  due: { from: ['scheduled', 'retrying'], to: 'queued' },
  claim: { from: ['queued'], to: 'running' },
  release: { from: ['running'], to: 'queued' },
  succeed: { from: live, to: 'succeeded' },
  fail: { from: live, to: 'failed' },
  dead_letter: { from: live, to: 'dead' },
  time_out: { from: live, to: 'timed_out' },
  retry: { from: live, to: 'retrying' },
  interrupt: { from: live, to: 'interrupted' },
  cancel: { from: unfinished, to: 'cancelled' },
} as const satisfies Record<string, Transition>;

/** Name of a transition. */
export type TransitionName = keyof typeof TRANSITIONS;
/** Transitions that end an attempt. */
export type EndName = 'succeed' | 'fail' | 'dead_letter' | 'time_out' | 'retry' | 'interrupt' | 'cancel' | 'release';

/** State after `name` in state `from`, or null when the table does not list it. */
export function next(from: TaskStatus, name: TransitionName): TaskStatus | null {
  const transition: Transition = TRANSITIONS[name];
  return transition.from.includes(from) ? transition.to : null;
}

/** The guard of a statement that makes the transition: `status = 'queued'` or `status IN (…)`. */
export function guardOf(name: TransitionName): string {
  const [first, ...more] = TRANSITIONS[name].from.map((status) => `'${status}'`);
  // SQLite matches the condition of a partial index by its text, so one state has to be an equation.
  return more.length === 0 ? `status = ${first}` : `status IN (${[first, ...more].join(', ')})`;
}

/** The assignment of a statement that makes the transition. */
export function assignmentOf(name: TransitionName): string {
  return `status = '${TRANSITIONS[name].to}'`;
}

/**
 * States in which a task holds a process, its profile and its concurrency key, for reading. The text is that of the partial indexes, which
 * SQLite uses for the same text only; nothing makes a task `waiting` yet.
 */
export const LIVE = "'running', 'waiting'";

/** States that nothing leaves, for statements. */
export const TERMINAL = TERMINAL_STATUSES.map((status) => `'${status}'`).join(', ');

/** True when `name` leads to a state that nothing leaves. */
export function ends(name: TransitionName): boolean {
  return isTerminal(TRANSITIONS[name].to);
}

/** The state machine of a task: one table, from which every guarded SQL statement takes its states. */
import { isTerminal, type TaskStatus } from '../../../../contract/automation/tasks.ts';

const unfinished = ['scheduled', 'queued', 'running', 'waiting', 'retrying'] as const satisfies TaskStatus[];
const live = ['running', 'waiting'] as const satisfies TaskStatus[];

interface Transition {
  from: readonly TaskStatus[];
  to: TaskStatus;
}

/**
 * What can happen to a task. Which end an attempt that did not succeed leads to (requirements Q10, Q13, Q14):
 *
 * - `fail`: the command failed and its attempts are spent, or the error is one that a retry cannot mend.
 * - `bury`: the attempts are spent and the last one *crashed* its process (it neither answered nor threw): dead letter, because
 *   something about the task harms the machinery and a person should look before it runs again.
 * - `retry`: attempts are left, whether the attempt failed, crashed, ran out of time or was cut off by the host's end.
 * - `interrupt`: cut off by the host's end with no attempt left.
 * - `release`: claimed, but its profile was taken meanwhile; back into the queue, and no attempt is spent.
 */
export const TRANSITIONS = {
  due: { from: ['scheduled', 'retrying'], to: 'queued' },
  claim: { from: ['queued'], to: 'running' },
  release: { from: ['running'], to: 'queued' },
  hold: { from: ['running'], to: 'waiting' },
  resume: { from: ['waiting'], to: 'running' },
  succeed: { from: live, to: 'succeeded' },
  fail: { from: live, to: 'failed' },
  bury: { from: live, to: 'dead' },
  time_out: { from: live, to: 'timed_out' },
  retry: { from: live, to: 'retrying' },
  interrupt: { from: live, to: 'interrupted' },
  cancel: { from: unfinished, to: 'cancelled' },
} as const satisfies Record<string, Transition>;

/** Name of a transition. */
export type TransitionName = keyof typeof TRANSITIONS;
/** Transitions that end an attempt. */
export type EndName = 'succeed' | 'fail' | 'bury' | 'time_out' | 'retry' | 'interrupt' | 'cancel' | 'release';

/** State after `name` in state `from`, or null when the table does not list it. */
export function next(from: TaskStatus, name: TransitionName): TaskStatus | null {
  const transition: Transition = TRANSITIONS[name];
  return transition.from.includes(from) ? transition.to : null;
}

/** States from which `name` is possible, as a list for `status IN (…)`. */
export function fromStates(name: TransitionName): string {
  return TRANSITIONS[name].from.map((status) => `'${status}'`).join(', ');
}

/** States in which a task holds a process, its profile and its concurrency key. */
export const LIVE = live.map((status) => `'${status}'`).join(', ');

/** True when `name` leads to a state that nothing leaves. */
export function ends(name: TransitionName): boolean {
  return isTerminal(TRANSITIONS[name].to);
}

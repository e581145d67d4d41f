/** Events of transitions: written in the transaction that makes them. */

import type { TaskStatus } from '../../../../contract/automation/tasks.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import type { NewEvent } from '../../../core/events.ts';
import type { TaskRow } from '../schema.ts';

/** What a transition answers, for its event. */
export type Moved = Pick<
  TaskRow,
  'id' | 'command_id' | 'profile_id' | 'attempt' | 'version' | 'started_at' | 'finished_at'
>;

/** Columns of {@link Moved}. */
export const MOVED = 'id, command_id, profile_id, attempt, version, started_at, finished_at';

/** Says that a task is in another state now. */
export function changed(row: Moved, status: TaskStatus, error?: Json): NewEvent {
  const { attempt, command_id, profile_id } = row;
  const data = { status, attempt, command_id, profile_id, ...(error === undefined ? {} : { error }) };
  return { type: 'task.updated', entity: 'task', id: row.id, version: row.version, data };
}

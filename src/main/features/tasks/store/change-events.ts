/** Events of transitions: written in the transaction that makes them. */

import type { TaskStatus } from '../../../../contract/automation/tasks.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import type { Events } from '../../../core/events.ts';
import type { TaskRow } from '../schema.ts';

/** What a transition answers, for its event. */
export type Moved = Pick<TaskRow, 'id' | 'attempt' | 'version' | 'started_at' | 'finished_at'>;

/** Columns of {@link Moved}. */
export const MOVED = 'id, attempt, version, started_at, finished_at';

/** Says that a task is in another state now. */
export function appendChanged(events: Events, row: Moved, status: TaskStatus, data: Record<string, Json> = {}): void {
  events.append({
    type: 'task.updated',
    entity: 'task',
    id: row.id,
    version: row.version,
    data: { status, attempt: row.attempt, ...data },
  });
}

/** What a schedule asks the tasks for. */

import type { TaskOrigin, TaskRequest } from '../tasks/index.ts';
import type { ScheduleRow } from './schema.ts';

/** @param runAt when its tasks may start; at once unless given */
export function requestOf(row: ScheduleRow, runAt?: string): { request: TaskRequest; origin: TaskOrigin } {
  const { id, command_id, profile_ids, priority, overlap } = row;
  const [only] = profile_ids;
  const profiles = only === undefined ? {} : profile_ids.length === 1 ? { profile_id: only } : { profile_ids };
  return {
    request: {
      command_id,
      input: {},
      ...profiles,
      priority,
      labels: [],
      ...(runAt === undefined ? {} : { run_at: runAt }),
    },
    origin: {
      schedule_id: id,
      earlier: row.input,
      // One after the other in each profile, where a second one may be made before the first has ended.
      keyOf: (profileId) => (overlap === 'skip' ? null : `${id}${profileId === null ? '' : `:${profileId}`}`),
    },
  };
}

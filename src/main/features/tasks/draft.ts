/** The columns of a task that is about to be made. */
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import type { PreparedRun } from '../commands/index.ts';
import type { TaskDeps } from './deps.ts';
import type { NewTask } from './store/queue-store.ts';

/** A row without what depends on the moment of the commit. */
export type Draft = Omit<NewTask, 'status' | 'due_at' | 'rank'>;

/** Owner of a task's secrets. */
export const ownerOf = (taskId: string) => `task:${taskId}`;

/** The columns that say what runs. */
export function columnsOf(run: PreparedRun) {
  return {
    kind: run.kind,
    command_id: run.command_id,
    command_version: run.command_version,
    command_name: run.command_name,
    spec: JSON.stringify(run.spec),
    input_schema: JSON.stringify(run.input_schema),
    concurrency_key: run.concurrency_key,
    retry: JSON.stringify(run.retry),
  };
}

/** The profile as it is now. @throws AppError `not-found` */
export function profileColumn(profiles: TaskDeps['profiles'], id: ProfileId | null): string | null {
  return id === null ? null : JSON.stringify(profiles.snapshot(id));
}

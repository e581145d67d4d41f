/** Rows by id, or the error that says why there is none to work with. */
import { isTerminal, type Task } from '../../../../contract/automation/tasks.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { notFound } from '../../../core/operation/versioned.ts';
import type { ArtifactRow, TaskRow } from '../schema.ts';
import type { TaskStore } from './store.ts';

/** @throws AppError `not-found` */
export function requireTask(store: Pick<TaskStore, 'get'>, id: string): TaskRow {
  const row = store.get(id);
  if (!row) throw notFound('task', id);
  return row;
}

/**
 * @param verb what the caller is about to do, for the message
 * @throws AppError `not-found`; `invalid-state` while the task has not ended
 */
export function requireFinished(store: Pick<TaskStore, 'get'>, id: string, verb: string): TaskRow {
  const row = requireTask(store, id);
  if (!isTerminal(row.status as Task['status'])) {
    throw new AppError('invalid-state', `This task is ${row.status}; cancel it before you ${verb} it.`, {
      extra: { expected: 'finished', actual: row.status },
    });
  }
  return row;
}

/** @throws AppError `not-found` */
export function requireArtifact(store: Pick<TaskStore, 'artifact'>, id: string): ArtifactRow {
  const row = store.artifact(id);
  if (!row) throw notFound('artifact', id);
  return row;
}

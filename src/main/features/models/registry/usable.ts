/** Whether a model can be loaded, and whether it can be the default of its type. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import { SELECTABLE } from '../../../../contract/models/models.ts';
import { refOf } from '../../../../contract/models/reference.ts';
import type { ModelFacts } from '../files/facts.ts';
import type { ModelRow } from '../schema.ts';
import { modelNotFound } from './resolve.ts';

/** Whether the files are well-formed and have ended an engine that loaded them. */
export const hasEndedEngine = ({ status, facts }: Pick<ModelRow, 'status' | 'facts'>): boolean =>
  status === 'broken' && facts !== null;

/**
 * @param again whether one that has ended an engine is tried again
 * @throws AppError `model-corrupted` for files that cannot be used, `model-not-found` for files that are gone
 */
export function usable(row: ModelRow, again = false): ModelRow & { facts: ModelFacts } {
  const { facts, status, problem } = row;
  if (status === 'missing')
    throw modelNotFound(refOf(row), `${row.name} cannot be used. ${problem ?? 'Its file is gone.'}`);
  if (facts === null || (status === 'broken' && !again))
    throw new AppError('model-corrupted', `${row.name} cannot be used. ${problem ?? ''}`.trim(), {
      extra: { model: refOf(row), reason: problem },
    });
  return { ...row, facts };
}

/** @throws AppError as {@link usable}, `invalid-state` for a type that has no default */
export function selectable(row: ModelRow): ModelRow {
  usable(row);
  if (SELECTABLE.has(row.type)) return row;
  throw new AppError('invalid-state', `${row.name} is a ${row.type} model; no requests are made to it by default.`, {
    extra: { expected: [...SELECTABLE].join(', '), actual: row.type },
  });
}

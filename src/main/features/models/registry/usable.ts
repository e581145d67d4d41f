/** Whether a row can be loaded, and be what is loaded when no model is named. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import { SELECTABLE } from '../../../../contract/models/models.ts';
import { refOf } from '../../../../contract/models/reference.ts';
import type { ModelFacts } from '../files/facts.ts';
import type { ModelRow } from '../schema.ts';
import { modelNotFound } from './resolve.ts';

/** @throws AppError `model-corrupted` for files that cannot be used, `model-not-found` for files that are gone */
export function usable(row: ModelRow): ModelRow & { facts: ModelFacts } {
  const { facts, status, problem } = row;
  if (status === 'missing')
    throw modelNotFound(refOf(row), `${row.name} cannot be used. ${problem ?? 'Its file is gone.'}`);
  if (status === 'broken' || facts === null)
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

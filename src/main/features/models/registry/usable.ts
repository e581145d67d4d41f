/** Whether a row can be loaded. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { ModelFacts } from '../files/facts.ts';
import type { ModelRow } from '../schema.ts';
import { modelNotFound } from './resolve.ts';
import { refOf } from './views.ts';

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

/** The one decision whether a caller may run an operation; every door asks it. */
import type { Operation } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { reaches } from '../../../contract/kernel/rights.ts';
import type { Principal } from '../../core/operation/operation.ts';
import { requireScope } from '../../core/operation/scope.ts';

/**
 * @throws AppError `unauthorized` for a caller without credential, `forbidden` for one whose credential does not reach;
 *   both name the scope and area that would
 */
export function authorise(operation: Operation, principal: Principal): void {
  if (operation.anonymous) return;
  const extra = { required_scope: operation.scope, required_area: operation.area };
  const { scope, areas } = principal;
  const reached = reaches(principal, operation);
  if (principal.kind === 'anonymous') {
    if (!reached || !operation.localWithoutKey) throw new AppError('unauthorized', undefined, { extra });
    return;
  }
  if (reached) return;
  const has =
    scope === null ? 'no scope' : `scope ${scope} and ${areas.length === 1 ? 'area' : 'areas'} ${areas.join(', ')}`;
  const needs =
    operation.area === 'any' ? `scope ${operation.scope}` : `scope ${operation.scope} and area ${operation.area}`;
  throw new AppError('forbidden', `This credential has ${has}; the operation needs ${needs}.`, { extra });
}

/** What some inputs of an operation need beyond its scope. @throws AppError `forbidden` */
export function authoriseInput(operation: Operation, input: unknown, principal: Principal): void {
  const needed = operation.scopeFor?.(input as never) ?? null;
  if (needed !== null) requireScope(needed, principal, operation.area);
}

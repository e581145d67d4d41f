/** What some calls need beyond the scope of their operation. */
import type { Area, InputScope } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { reachesScope } from '../../../contract/kernel/rights.ts';
import type { Principal } from './operation.ts';

/** @throws AppError `forbidden`, naming the scope and area that would do */
export function requireScope({ scope, what }: InputScope, principal: Pick<Principal, 'scope'>, area: Area): void {
  if (reachesScope(principal, scope)) return;
  throw new AppError('forbidden', `${what} needs a credential with scope ${scope}.`, {
    extra: { required_scope: scope, required_area: area },
  });
}

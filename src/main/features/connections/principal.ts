/** A principal as clients see it. */
import type { PrincipalInfo } from '../../../contract/kernel/frames.ts';
import { scopesUpTo } from '../../../contract/kernel/rights.ts';
import type { Principal } from '../../core/operation/operation.ts';

/** What `welcome` and `auth_status` tell a caller about itself. */
export function infoOf({ kind, name, scope, areas }: Principal): PrincipalInfo {
  return { kind, name, scopes: scopesUpTo(scope), areas: [...areas] };
}

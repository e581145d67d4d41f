/** A principal as clients see it. */
import type { z } from 'zod';
import { SCOPES, type Scope } from '../../../contract/kernel/define.ts';
import type { PrincipalInfo } from '../../../contract/kernel/frames.ts';
import type { Principal } from '../../core/operation/operation.ts';

/** Every scope that `scope` includes. */
export function scopesUpTo(scope: Scope | null): Scope[] {
  return scope === null ? [] : SCOPES.slice(0, SCOPES.indexOf(scope) + 1);
}

/** The highest of some scopes. */
export function highestScope(scopes: readonly Scope[]): Scope | null {
  return SCOPES.findLast((scope) => scopes.includes(scope)) ?? null;
}

/** What `welcome` and `auth_status` tell a caller about itself. */
export function infoOf(principal: Principal): z.infer<typeof PrincipalInfo> {
  const { kind, name, scope, areas } = principal;
  return { kind, name, scopes: scopesUpTo(scope), areas: [...areas] };
}

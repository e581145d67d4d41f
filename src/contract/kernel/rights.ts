/** Whether what a caller has reaches what is needed: one rule for the host, which enforces it, and for the panel, which offers no more. */
import { type Area, SCOPES, type Scope } from './define.ts';

/** What a credential gives. */
export interface Rights {
  /** Highest scope; null for none. */
  scope: Scope | null;
  areas: readonly Area[];
}

/** Whether a caller with these areas reaches `area`. */
export function reachesArea({ areas }: Pick<Rights, 'areas'>, area: Area): boolean {
  return area === 'any' || areas.includes(area);
}

/** Whether a caller with this scope reaches `needed`. */
export function reachesScope({ scope }: Pick<Rights, 'scope'>, needed: Scope): boolean {
  return scopesUpTo(scope).includes(needed);
}

/** Whether a caller reaches an operation, or anything else that names a scope and an area. */
export function reaches(caller: Rights, needed: { scope: Scope; area: Area }): boolean {
  return reachesScope(caller, needed.scope) && reachesArea(caller, needed.area);
}

/** Every scope that `scope` includes. */
export function scopesUpTo(scope: Scope | null): Scope[] {
  return scope === null ? [] : SCOPES.slice(0, SCOPES.indexOf(scope) + 1);
}

/** The highest of some scopes. */
export function highestScope(scopes: readonly Scope[]): Scope | null {
  return SCOPES.findLast((scope) => scopes.includes(scope)) ?? null;
}

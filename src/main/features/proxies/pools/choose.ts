/** Which proxy of a pool a profile gets: rules without effects. */
import type { PoolPick, Sticky } from '../../../../contract/automation/proxy/pools.ts';
import type { ProxyId } from '../../../../contract/kernel/scalars.ts';
import type { ProxyRow } from '../store/schema.ts';
import type { ChoiceRow } from '../store/schema-pools.ts';

type Health = Pick<ProxyRow, 'id' | 'status' | 'checked_at' | 'expires_at' | 'latency_ms'>;

/** Why one cannot be given now; `until` is unix ms, null for good. */
export interface Rest {
  why: 'failed' | 'expired';
  until: number | null;
}

/** Null for a proxy that can be given. One that failed may be tried again after the cool-down. */
export function restOf(
  { status, checked_at, expires_at }: Omit<Health, 'id'>,
  cooldownSeconds: number,
  now: number,
): Rest | null {
  if (expires_at !== null && expires_at <= now) return { why: 'expired', until: null };
  const until = status === 'failing' && checked_at !== null ? checked_at + cooldownSeconds * 1000 : 0;
  return until > now ? { why: 'failed', until } : null;
}

/** How long a profile keeps its choice. */
export interface StickyRule {
  sticky: Sticky;
  sticky_minutes: number;
}

/** Whether what a profile has is still its own. */
export function isKept(
  choice: Pick<ChoiceRow, 'chosen_at'>,
  { sticky, sticky_minutes }: StickyRule,
  now: number,
): boolean {
  if (sticky === 'run') return false;
  return sticky !== 'minutes' || now < choice.chosen_at + sticky_minutes * 60_000;
}

/** Those that can be given, the best first. @param random uniform in [0, 1) */
export function inOrder<T extends Health>(
  rows: readonly T[],
  pick: PoolPick,
  uses: ReadonlyMap<ProxyId, number>,
  random: () => number,
): T[] {
  const key = new Map(rows.map((row) => [row.id, random()]));
  const by = {
    random: () => 0,
    least_used: (row: T) => uses.get(row.id) ?? 0,
    fastest: (row: T) => row.latency_ms ?? Number.MAX_SAFE_INTEGER,
  }[pick];
  return [...rows].sort((one, other) => by(one) - by(other) || (key.get(one.id) ?? 0) - (key.get(other.id) ?? 0));
}

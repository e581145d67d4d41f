/** The way out of a profile with a pool: the proxy that it has, or the next that works. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { PoolId, ProxyId } from '../../../../contract/kernel/scalars.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Logger } from '../../../core/log/logger.ts';
import type { OpenHow, ProxyForwarders, ProxyLease } from '../forward/forwarders.ts';
import type { PoolStore } from '../store/pools.ts';
import type { ProxyRow } from '../store/schema.ts';
import type { PoolRow } from '../store/schema-pools.ts';
import { inOrder, isKept, type Rest, restOf, type StickyRule } from './choose.ts';

/** How long a start looks for one that works, ms; each may take as long as a start waits for its proxy. */
const SEARCH_MS = 45_000;

/** What is asked of a pool. */
export interface FromPool extends StickyRule {
  poolId: PoolId;
  profileId: string;
}

/** Opens the way out of a profile. @throws AppError `proxy-failed` with `reason` `pool` and `retry_at` when none can be had */
export type OpenFromPool = (from: FromPool, how: OpenHow) => Promise<ProxyLease>;

const refused = (detail: string, extra: Record<string, unknown>) =>
  new AppError('proxy-failed', `${detail} The browser was not started, so nothing went out directly.`, {
    extra: { reason: 'pool', ...extra },
  });

/** Why a pool gives nothing, and when it does again. */
function nothingLeft(pool: PoolRow, rests: readonly Rest[]): AppError {
  if (rests.length === 0) {
    return refused(`The pool ${pool.name} has no proxies; add some, or give proxies one of its tags.`, {
      ...{ pool_id: pool.id, retry_at: null },
    });
  }
  const times = rests.flatMap(({ until }) => until ?? []);
  const next = times.length === 0 ? null : new Date(Math.min(...times)).toISOString();
  const failed = rests.filter(({ why }) => why === 'failed').length;
  const parts = [
    ...(failed === 0 ? [] : [`${failed} failed and ${failed === 1 ? 'rests' : 'rest'}`]),
    ...(failed === rests.length ? [] : [`${rests.length - failed} expired`]),
  ];
  const back = next === null ? 'None comes back by itself.' : `The first comes back at ${next.slice(11, 19)} UTC.`;
  return refused(`No proxy of the pool ${pool.name} can be used now: ${parts.join(', ')}. ${back}`, {
    ...{ pool_id: pool.id, retry_at: next },
  });
}

/** Creates the opener. */
export function createPoolOpener(deps: {
  store: Pick<PoolStore, 'get' | 'members' | 'choice' | 'choose' | 'choicesOf'>;
  find(id: ProxyId): ProxyRow | undefined;
  open: ProxyForwarders['open'];
  /** Keeps that a proxy did not work at a start. */
  failed(id: ProxyId, error: AppError): void;
  clock: Clock;
  log: Logger;
  random?: () => number;
}): OpenFromPool {
  const { store, find, open, failed, clock, log, random = Math.random } = deps;

  return async ({ poolId, profileId, ...rule }, how) => {
    const until = clock.monotonic() + SEARCH_MS;
    const tried = new Set<ProxyId>();
    let unfit: AppError | null = null;
    for (;;) {
      how.signal?.throwIfAborted();
      const pool = store.get(poolId);
      if (!pool) {
        throw refused('The pool of this profile was deleted; choose another one, or a proxy.', {
          ...{ pool_id: poolId, retry_at: null },
        });
      }
      const now = clock.now();
      const members = store.members(pool).flatMap((id) => find(id) ?? []);
      const rests = members.map((row) => ({ row, rest: restOf(row, pool.cooldown_seconds, now) }));
      const choice = store.choice(profileId);
      const own = choice?.pool_id === poolId ? members.find(({ id }) => id === choice.proxy_id) : undefined;
      const isOwnKept = own !== undefined && choice !== undefined && isKept(choice, rule, now);
      const free = rests.filter(({ row, rest }) => rest === null && !tried.has(row.id)).map(({ row }) => row);
      const keeps = isOwnKept && (rule.sticky === 'forever' || free.includes(own)) && !tried.has(own.id);
      // A failed one rests by the check that is noted; without a cool-down it was tried all the same.
      const next = keeps ? own : inOrder(free, pool.pick, store.choicesOf(free.map(({ id }) => id)), random)[0];
      if (next === undefined || clock.monotonic() > until) {
        if (unfit !== null) throw unfit;
        throw nothingLeft(
          pool,
          rests.map(({ rest }) => rest ?? { why: 'failed', until: now + pool.cooldown_seconds * 1000 }),
        );
      }
      // Before anything is awaited, so that profiles that start together get different ones.
      if (!keeps) store.choose({ profile_id: profileId, pool_id: poolId, proxy_id: next.id, chosen_at: now });
      try {
        const lease = await open(next.id, how);
        log.info('proxies', 'A pool gave a proxy', { pool_id: poolId, proxy_id: next.id, profile_id: profileId });
        return lease;
      } catch (error) {
        if (error instanceof AppError && error.slug === 'exit-mismatch' && !(keeps && rule.sticky === 'forever')) {
          // Another one may come out where the profile fits.
          unfit ??= error;
          tried.add(next.id);
          continue;
        }
        if (!(error instanceof AppError) || error.slug !== 'proxy-failed' || error.extra.reason === 'closing')
          throw error;
        failed(next.id, error);
        tried.add(next.id);
        if (keeps && rule.sticky === 'forever') throw error;
      }
    }
  };
}

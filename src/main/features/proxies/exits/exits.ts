/** Where profiles come out: shown, judged at a start, accepted by operators. */
import type { ExitFacts, ExitPolicy, ProfileExit } from '../../../../contract/automation/profile/exit.ts';
import type { Sticky } from '../../../../contract/automation/proxy/pools.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { PoolId, ProxyId } from '../../../../contract/kernel/scalars.ts';
import { type Clock, iso, isoOrNull } from '../../../core/clock.ts';
import type { Logger } from '../../../core/log/logger.ts';
import type { SettingsReader } from '../../../core/settings.ts';
import type { ConsentStore } from '../store/consents.ts';
import type { PoolStore } from '../store/pools.ts';
import type { ProxyRow } from '../store/schema.ts';
import { type Claims, inWords, mismatchesOf } from './compare.ts';

/** What of a profile decides where it comes out. */
export interface Outgoing extends Claims {
  id: string;
  name: string;
  proxy_id: ProxyId | null;
  pool_id: PoolId | null;
  sticky: Sticky;
  sticky_minutes: number;
  exit_policy: ExitPolicy | null;
}

/** The exit of a start, as its check found it; `ip` is null without an echo address. */
export interface FoundExit extends Omit<ExitFacts, 'ip'> {
  proxyId: ProxyId;
  ip: string | null;
}

/** Profiles of one exit that are named. */
const NAMED = 20;

/** Consent is to this and to nothing else. */
const keyOf = (proxyId: string, { ip, country, timezone }: ExitFacts, claims: Claims): string =>
  JSON.stringify([proxyId, ip, country, timezone, claims.locale, claims.timezone]);

interface ExitDeps {
  consents: ConsentStore;
  pools: Pick<PoolStore, 'get' | 'choice' | 'forget' | 'sharing'>;
  find(id: ProxyId): ProxyRow | undefined;
  settings: Pick<SettingsReader, 'get'>;
  clock: Clock;
  log: Logger;
}

/** What is known of where a profile comes out. */
function createExitView({ consents, pools, find, settings }: ExitDeps) {
  const policyOf = ({ exit_policy }: Pick<Outgoing, 'exit_policy'>): ExitPolicy =>
    exit_policy ?? settings.get('proxies.exit_policy');

  function of(profile: Outgoing): ProfileExit {
    const { id, pool_id, proxy_id } = profile;
    const choice = pool_id === null ? undefined : pools.choice(id);
    const own = choice?.pool_id === pool_id ? choice : undefined;
    const row = find(proxy_id ?? own?.proxy_id ?? ('' as ProxyId));
    const pool = pool_id === null ? undefined : pools.get(pool_id);
    const exit = row?.exit_ip ? { ip: row.exit_ip, country: row.country, timezone: row.timezone } : null;
    const mismatches = exit === null ? [] : mismatchesOf(profile, exit);
    const policy = policyOf(profile);
    const accepted = row && exit && mismatches.length > 0 ? consents.at(id, keyOf(row.id, exit, profile)) : null;
    const isTimed = own !== undefined && profile.sticky === 'minutes';
    return {
      via: pool_id !== null ? 'pool' : proxy_id !== null ? 'proxy' : 'direct',
      pool: pool ? { id: pool.id, name: pool.name } : null,
      proxy: row ? { id: row.id, name: row.name } : null,
      chosen_at: isoOrNull(own?.chosen_at ?? null),
      kept_until: isTimed ? iso(own.chosen_at + profile.sticky_minutes * 60_000) : null,
      ...{ exit, mismatches, policy, accepted_at: isoOrNull(accepted) },
      blocked: policy === 'block' && mismatches.length > 0 && accepted === null,
      shared_with: exit === null ? [] : pools.sharing(exit.ip, id, NAMED),
    };
  }
  return { of, policyOf };
}

/** Creates it. */
export function createExits(deps: ExitDeps) {
  const { consents, pools, clock, log } = deps;
  const { of, policyOf } = createExitView(deps);

  return {
    of,
    /**
     * Accepts the exit that the operator has seen.
     * @throws AppError `conflict` when the profile comes out elsewhere by now, `invalid-state` when nothing is known of its exit
     */
    accept(profile: Outgoing, ip: string): ProfileExit {
      const { exit, proxy } = of(profile);
      if (exit === null || proxy === null) {
        throw new AppError('invalid-state', 'Nothing is known of the exit of this profile; check its proxy first.', {
          extra: { expected: 'exit', actual: null },
        });
      }
      if (exit.ip !== ip) {
        throw new AppError('conflict', `The profile comes out at ${exit.ip} by now; look at it again.`);
      }
      consents.accept(profile.id, keyOf(proxy.id, exit, profile), clock.now());
      return of(profile);
    },
    /** Lets a profile have another proxy of its pool. @throws AppError `invalid-state` without a pool */
    renew(profile: Outgoing): ProfileExit {
      if (profile.pool_id === null) {
        throw new AppError('invalid-state', 'The profile has no pool; choose another proxy for it.', {
          extra: { expected: 'pool_id', actual: null },
        });
      }
      pools.forget(profile.id);
      return of(profile);
    },
    /** @throws AppError `exit-mismatch` when the profile must not go out there without consent */
    judge(profile: Outgoing, { proxyId, ip, ...facts }: FoundExit): void {
      if (ip === null) return;
      const exit = { ip, ...facts };
      const policy = policyOf(profile);
      const mismatches = policy === 'off' ? [] : mismatchesOf(profile, exit);
      if (mismatches.length === 0 || consents.at(profile.id, keyOf(proxyId, exit, profile)) !== null) return;
      const words = inWords(mismatches);
      if (policy === 'warn') {
        log.warn('proxies', `The exit of a profile does not fit: ${words}`, {
          profile_id: profile.id,
          proxy_id: proxyId,
        });
        return;
      }
      throw new AppError(
        'exit-mismatch',
        `${profile.name} was not started: ${words}. Change one of them, or accept this exit (${ip}) in the profile.`,
        { extra: { proxy_id: proxyId, exit, mismatches } },
      );
    },
  };
}
export type Exits = ReturnType<typeof createExits>;

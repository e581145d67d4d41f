/** Token buckets per caller and tier, in bounded memory. */
import { RATES, type Rate, type Tier } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { Clock } from '../../core/clock.ts';
import type { Principal } from '../../core/operation/operation.ts';
import type { SettingsReader } from '../../core/settings.ts';
import { addressBlock } from './address-block.ts';

/** Most buckets that are kept; beyond it the one that was used longest ago is forgotten. */
const MAX_BUCKETS = 10_000;

/** State of a bucket after a call, for `x-ratelimit-*`. */
export interface RateState {
  /** Requests per minute. */
  limit: number;
  /** Requests that may follow at once. */
  remaining: number;
  /** Seconds until the bucket is full. */
  resetSeconds: number;
}

/** Takes tokens. */
export interface RateLimiter {
  /**
   * Takes one token of the caller's bucket of a tier.
   * @param remote address by whose block anonymous callers and tier `auth` are counted
   * @param onState called with the state of the bucket, also when it refuses; never for callers without a limit
   * @throws AppError `too-many-requests` with `retry_after` in seconds and `retry_after_ms`
   */
  take(principal: Principal, tier: Tier, remote: string, onState?: (state: RateState) => void): void;
  /**
   * Takes one token of tier `auth` for a credential that was not accepted. A credential that is accepted costs nothing, so that no amount of
   * wrong ones keeps the operator out.
   * @throws AppError `too-many-requests`
   */
  takeFailure(remote: string): void;
  /** Called with the tier of each refusal. */
  onLimited?: (tier: Tier) => void;
}

interface Bucket {
  tokens: number;
  /** Monotonic ms of the last change. */
  at: number;
}

/** Creates a limiter whose rates follow the settings as they change. */
export function createRateLimiter(deps: { clock: Clock; settings: SettingsReader }): RateLimiter & { dispose(): void } {
  const { clock, settings } = deps;
  const buckets = new Map<string, Bucket>();
  let enabled = true;
  let rates: Record<Tier, Rate> = { ...RATES };

  const read = () => {
    enabled = settings.get('rate_limits.enabled');
    rates = { ...RATES, ...settings.get('rate_limits.tiers') };
  };
  read();
  const stop = settings.onChange(read);

  function bucketOf(key: string, burst: number, now: number): Bucket {
    const known = buckets.get(key);
    if (known) {
      // Keeps the map in order of use, so that its first key is the one to forget.
      if (buckets.size > MAX_BUCKETS / 2) {
        buckets.delete(key);
        buckets.set(key, known);
      }
      return known;
    }
    if (buckets.size >= MAX_BUCKETS) {
      const [oldest] = buckets.keys();
      if (oldest !== undefined) buckets.delete(oldest);
    }
    const fresh = { tokens: burst, at: now };
    buckets.set(key, fresh);
    return fresh;
  }

  function take(owner: string, tier: Tier, multiplier: number, onState?: (state: RateState) => void): void {
    const perMinute = rates[tier].per_min * multiplier;
    const burst = Math.max(1, rates[tier].burst * multiplier);
    const perMs = perMinute / 60_000;
    const now = clock.monotonic();
    const bucket = bucketOf(`${tier} ${owner}`, burst, now);
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) * perMs);
    bucket.at = now;
    const refused = bucket.tokens < 1;
    if (!refused) bucket.tokens -= 1;
    onState?.({
      limit: Math.floor(perMinute),
      remaining: Math.floor(bucket.tokens),
      resetSeconds: Math.ceil((burst - bucket.tokens) / perMs / 1000),
    });
    if (refused) {
      limiter.onLimited?.(tier);
      const waitMs = Math.ceil((1 - bucket.tokens) / perMs);
      const seconds = Math.max(1, Math.ceil(waitMs / 1000));
      throw new AppError('too-many-requests', `Too many requests of tier ${tier}; wait ${seconds} s.`, {
        extra: { tier, limit: Math.floor(perMinute), retry_after: seconds, retry_after_ms: waitMs },
      });
    }
  }

  const limiter: RateLimiter & { dispose(): void } = {
    take(principal, tier, remote, onState) {
      if (!enabled || principal.rateMultiplier === Number.POSITIVE_INFINITY) return;
      const byAddress = tier === 'auth' || principal.kind === 'anonymous';
      take(byAddress ? `ip ${addressBlock(remote)}` : principal.id, tier, principal.rateMultiplier, onState);
    },
    takeFailure(remote) {
      if (enabled) take(`ip ${addressBlock(remote)}`, 'auth', 1);
    },
    dispose: stop,
  };
  return limiter;
}

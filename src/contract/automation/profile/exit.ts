/** Where a profile comes out on the web, whether that fits what it says of itself, and whom else it meets there. */
import { z } from 'zod';
import { call } from '../../kernel/define.ts';
import { ProfileId, Timestamp } from '../../kernel/scalars.ts';

/** What happens when the exit does not fit: nothing, a warning, or no start without consent. */
export const ExitPolicy = z.enum(['off', 'warn', 'block']);
export type ExitPolicy = z.infer<typeof ExitPolicy>;

/** What the echo address told of an exit; null for what it did not. */
export const ExitFacts = z.object({
  ip: z.string(),
  country: z.string().nullable(),
  timezone: z.string().nullable(),
});
export type ExitFacts = z.infer<typeof ExitFacts>;

/** One way in which a profile does not fit its exit. */
export const ExitMismatch = z.object({
  member: z.enum(['locale', 'timezone']),
  /** What pages see of the profile, and what the exit has: a region or a time zone. */
  profile: z.string(),
  exit: z.string(),
});
export type ExitMismatch = z.infer<typeof ExitMismatch>;

const Named = z.object({ id: z.string(), name: z.string() });

export const ProfileExit = z.object({
  via: z.enum(['direct', 'proxy', 'pool']),
  pool: Named.nullable(),
  /** The one that it goes out through; of a pool the one that it got last. Null when it is gone, or none was given yet. */
  proxy: Named.nullable(),
  /** Of a pool: since when it has it, and until when it keeps it; null for as long as its rule says. */
  chosen_at: Timestamp.nullable(),
  kept_until: Timestamp.nullable(),
  /** As the last check that worked told; null when nothing is known. */
  exit: ExitFacts.nullable(),
  mismatches: z.array(ExitMismatch),
  policy: ExitPolicy,
  /** Whether an operator has accepted exactly this exit, and when. */
  accepted_at: Timestamp.nullable(),
  /** True when it does not start before an operator accepts its exit. */
  blocked: z.boolean(),
  /** Other profiles that come out at the same address: sites can connect them. */
  shared_with: z.array(Named),
});
export type ProfileExit = z.infer<typeof ProfileExit>;

const common = { row: '-', area: 'automation', tags: ['profiles'] } as const;
const path = '/v1/profiles/{id}/exit';

export const exitOperations = {
  profiles_exit: call(z.strictObject({ id: ProfileId }), ProfileExit, {
    ...common,
    summary:
      'Where a profile comes out, whether that fits its language and time zone, and which profiles come out there too',
    scope: 'read',
    http: { method: 'GET', path },
  }),
  profiles_exit_accept: call(z.strictObject({ id: ProfileId, ip: z.string().max(64) }), ProfileExit, {
    ...common,
    summary: 'Accept the exit of a profile although it does not fit; another exit asks again',
    scope: 'manage',
    http: { method: 'POST', path: `${path}/accept` },
  }),
  profiles_exit_renew: call(z.strictObject({ id: ProfileId }), ProfileExit, {
    ...common,
    summary: 'Let the profile have another proxy of its pool at its next start',
    scope: 'run',
    http: { method: 'POST', path: `${path}/renew` },
  }),
};

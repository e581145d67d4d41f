/** Pools: sets of proxies, of which profiles get one each. */
import { z } from 'zod';
import { call } from '../../kernel/define.ts';
import type { EntityRecord } from '../../kernel/entity.ts';
import { Deleted } from '../../kernel/paging.ts';
import { entityFields, Nothing, PoolId, ProxyId, Timestamp } from '../../kernel/scalars.ts';

/** Which one a profile gets: that of the fewest profiles, that of the lowest latency, or any. */
export const PoolPick = z.enum(['least_used', 'fastest', 'random']);
export type PoolPick = z.infer<typeof PoolPick>;

/**
 * How long a profile keeps what it got: for one `run`; until it does not work (`failure`); for so many `minutes` or until it does not work;
 * or `forever`, and then it rather does not start.
 */
export const Sticky = z.enum(['run', 'failure', 'minutes', 'forever']);
export type Sticky = z.infer<typeof Sticky>;

const editable = {
  name: z.string().trim().min(1).max(100),
  proxy_ids: z.array(ProxyId).max(1000),
  /** Every proxy with one of these tags belongs to it too. */
  tags: z.array(z.string().trim().min(1).max(50)).max(30),
  pick: PoolPick,
  /** How long a proxy that failed is left alone. */
  cooldown_seconds: z.int().min(0).max(86_400),
};

export const ProxyPool = z.object({
  id: PoolId,
  ...editable,
  proxy_ids: z.array(z.string()),
  tags: z.array(z.string()),
  /** Proxies that belong to it now, and those that can be given. */
  members: z.int(),
  available: z.int(),
  /** When the first that rests comes back; null when none rests. */
  next_at: Timestamp.nullable(),
  /** Profiles that go out through it. */
  used_by: z.int(),
  ...entityFields,
});
export type ProxyPool = z.infer<typeof ProxyPool>;

export const PoolCreate = z.strictObject({
  ...editable,
  proxy_ids: editable.proxy_ids.default([]),
  tags: editable.tags.default([]),
  pick: editable.pick.default('least_used'),
  cooldown_seconds: editable.cooldown_seconds.default(300),
});
export type PoolCreate = z.infer<typeof PoolCreate>;

/** Pools that there may be. */
export const MOST_POOLS = 200;

export const poolRecord = {
  area: 'automation',
  id: PoolId,
  one: 'pools_get',
  // A short list without pages: it is asked again as a whole.
  summaries: ['pools_list', 'profiles_exit'],
} as const satisfies EntityRecord;

const common = { row: '-', area: 'automation', tags: ['proxies'] } as const;
const one = z.strictObject({ id: PoolId });
const path = '/v1/pools';

export const poolOperations = {
  pools_list: call(Nothing, z.object({ items: z.array(ProxyPool) }), {
    ...common,
    summary: 'Pools of proxies by name, with what each can give now',
    scope: 'read',
    http: { method: 'GET', path },
  }),
  pools_get: call(one, ProxyPool, {
    ...common,
    summary: 'One pool of proxies',
    scope: 'read',
    http: { method: 'GET', path: `${path}/{id}` },
  }),
  pools_create: call(PoolCreate, ProxyPool, {
    ...common,
    summary: 'Create a pool of proxies, by name or by tag',
    scope: 'manage',
    http: { method: 'POST', path, status: 201, location: '/v1/pools/{id}' },
  }),
  pools_update: call(
    z.strictObject({ id: PoolId, version: z.int().optional(), ...z.object(editable).partial().shape }),
    ProxyPool,
    {
      ...common,
      summary: 'Change a pool of proxies',
      scope: 'manage',
      http: { method: 'PATCH', path: `${path}/{id}` },
    },
  ),
  pools_delete: call(one, Deleted, {
    ...common,
    summary: 'Delete a pool that no profile uses; its proxies stay',
    scope: 'manage',
    http: { method: 'DELETE', path: `${path}/{id}` },
  }),
};

/** Access: API keys, connections, signing in to the panel. */
import { z } from 'zod';
import { AREAS, call, SCOPES } from '../kernel/define.ts';
import type { EntityRecord } from '../kernel/entity.ts';
import { contains, fixed, oneOf } from '../kernel/filters.ts';
import { PrincipalInfo } from '../kernel/frames.ts';
import { Deleted, listFields, listInput, page } from '../kernel/paging.ts';
import { ConnectionId, entityFields, KeyId, Nothing, Timestamp } from '../kernel/scalars.ts';
import { list, natural, number, type Sorted, text } from '../kernel/sorts.ts';

const Scope = z.enum(SCOPES);
const Area = z.enum(AREAS);

/** An API key without its secret. */
export const ApiKey = z.object({
  id: KeyId,
  name: z.string(),
  /** First characters of the key, to recognise it by. */
  prefix: z.string(),
  scopes: z.array(Scope),
  areas: z.array(Area),
  rate_multiplier: z.number(),
  expires_at: Timestamp.nullable(),
  last_used_at: Timestamp.nullable(),
  ...entityFields,
});
export type ApiKey = z.infer<typeof ApiKey>;

const keyFields = {
  name: z.string().trim().min(1).max(100),
  scopes: z.array(Scope).min(1),
  areas: z.array(Area.exclude(['any'])).min(1),
  rate_multiplier: z.number().min(0.1).max(100),
  expires_at: Timestamp.nullable(),
};

/** A live or recent connection. */
export const Connection = z.object({
  id: ConnectionId,
  kind: z.enum(['extension', 'native', 'websocket', 'webrtc', 'panel']),
  name: z.string(),
  origin: z.string().nullable(),
  scopes: z.array(Scope),
  areas: z.array(Area),
  live: z.boolean(),
  rtt_ms: z.number().nullable(),
  since: Timestamp,
  last_seen_at: Timestamp,
});
export type Connection = z.infer<typeof Connection>;

export const keyRecord = {
  area: 'host',
  id: KeyId,
  filters: { id: fixed(oneOf(KeyId)), q: contains('name', 'prefix') },
  sorts: {
    created_at: fixed(text),
    updated_at: text,
    name: natural,
    prefix: fixed(text),
    scopes: list,
    areas: list,
    last_used_at: text,
    expires_at: text,
  },
  lists: ['keys_list'],
  events: { used: { row: true } },
} as const satisfies EntityRecord;
export const connectionRecord = {
  area: 'host',
  id: ConnectionId,
  summaries: ['connections_list'],
} as const satisfies EntityRecord;
/** Order of the connections, which are in memory; the oldest first unless asked. */
export const connectionOrder = {
  sorts: { since: text, name: natural, kind: text, origin: text, scopes: list, rtt_ms: number },
  defaultSort: 'since',
} as const satisfies Sorted;

const host = { area: 'host' } as const;

export const accessOperations = {
  keys_list: call(listInput(keyRecord), page(ApiKey), {
    ...host,
    row: 'B60',
    tags: ['keys'],
    summary: 'List API keys',
    scope: 'admin',
    http: { method: 'GET', path: '/v1/keys' },
  }),
  keys_create: call(
    z.strictObject({
      name: keyFields.name,
      scopes: keyFields.scopes.default(['read', 'run']),
      areas: keyFields.areas.default(['models']),
      rate_multiplier: keyFields.rate_multiplier.default(1),
      expires_at: keyFields.expires_at.default(null),
    }),
    ApiKey.extend({ key: z.string() }),
    {
      ...host,
      row: 'B60',
      tags: ['keys'],
      summary: 'Create an API key; the key is returned only once',
      scope: 'admin',
      // No idempotency key: a replay would have to store the secret.
      http: { method: 'POST', path: '/v1/keys', status: 201, location: '/v1/keys/{id}' },
    },
  ),
  keys_update: call(
    z.strictObject({
      id: KeyId,
      version: z.int().min(1).optional(),
      name: keyFields.name.optional(),
      scopes: keyFields.scopes.optional(),
      areas: keyFields.areas.optional(),
      rate_multiplier: keyFields.rate_multiplier.optional(),
      expires_at: keyFields.expires_at.optional(),
    }),
    ApiKey,
    {
      ...host,
      row: 'B60',
      tags: ['keys'],
      summary: 'Change an API key',
      scope: 'admin',
      http: { method: 'PATCH', path: '/v1/keys/{id}' },
    },
  ),
  keys_delete: call(z.strictObject({ id: KeyId }), Deleted, {
    ...host,
    row: 'B60',
    tags: ['keys'],
    summary: 'Revoke an API key at once and close its connections',
    scope: 'admin',
    http: { method: 'DELETE', path: '/v1/keys/{id}' },
  }),
  connections_list: call(z.strictObject({ sort: listFields.sort }), z.object({ items: z.array(Connection) }), {
    ...host,
    row: 'B61',
    tags: ['connections'],
    summary: 'List connections',
    scope: 'read',
    http: { method: 'GET', path: '/v1/connections' },
  }),
  connections_revoke: call(
    z.strictObject({ id: ConnectionId }),
    z.object({ id: z.string(), revoked: z.literal(true) }),
    {
      ...host,
      row: 'B61',
      tags: ['connections'],
      summary: 'Close a connection',
      scope: 'admin',
      http: { method: 'DELETE', path: '/v1/connections/{id}' },
    },
  ),
  auth_login: call(
    z.strictObject({ ticket: z.string().length(43) }),
    z.object({ ok: z.literal(true), principal: PrincipalInfo, token: z.string(), expires_at: Timestamp }),
    {
      row: 'B63',
      tags: ['auth'],
      summary: 'Exchange a one-time panel link for a session token',
      scope: 'read',
      area: 'any',
      anonymous: true,
      tier: 'auth',
      http: { method: 'POST', path: '/v1/auth/login' },
    },
  ),
  auth_logout: call(Nothing, z.object({ ok: z.literal(true) }), {
    row: 'B63',
    tags: ['auth'],
    summary: 'End this panel session',
    scope: 'read',
    area: 'any',
    http: { method: 'POST', path: '/v1/auth/logout' },
  }),
  auth_status: call(Nothing, z.object({ authenticated: z.boolean(), principal: PrincipalInfo.nullable() }), {
    row: 'B63',
    tags: ['auth'],
    summary: 'Scopes and areas of the caller',
    scope: 'read',
    area: 'any',
    anonymous: true,
    http: { method: 'GET', path: '/v1/auth/status' },
  }),
  auth_link_create: call(Nothing, z.object({ url: z.string(), expires_at: Timestamp }), {
    row: 'B63',
    tags: ['auth'],
    summary: 'Create a one-time link that signs a browser in to the panel',
    scope: 'admin',
    area: 'host',
    http: { method: 'POST', path: '/v1/auth/links' },
  }),
};

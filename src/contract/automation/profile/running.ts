/** What is done with a profile as a whole: copies, its folder on disk, and its browser in the hands of another program. */
import { z } from 'zod';
import { call } from '../../kernel/define.ts';
import { ProfileId, Timestamp } from '../../kernel/scalars.ts';
import { Profile } from '../profiles.ts';

/** Parts of a profile's folder. */
export const DISK_KINDS = ['cache', 'cookies', 'site_data', 'extensions', 'history', 'other'] as const;
export type DiskKind = (typeof DISK_KINDS)[number];

/** Bytes of a profile's folder by what they hold. */
export const ProfileDisk = z.object({
  bytes: z.int(),
  kinds: z.record(z.enum(DISK_KINDS), z.int()),
});
export type ProfileDisk = z.infer<typeof ProfileDisk>;

const area = { area: 'automation', tags: ['profiles'] } as const;

export const profileUseOperations = {
  profiles_clone: call(
    z.strictObject({
      id: ProfileId,
      /** Of several copies the second and later ones have a number behind it. */
      name: z.string().trim().min(1).max(90).optional(),
      /** False: the settings alone, without cookies and data of sites. */
      with_storage: z.boolean().default(true),
      count: z.int().min(1).max(100).default(1),
    }),
    z.object({ items: z.array(Profile) }),
    {
      ...area,
      row: 'B05',
      summary: 'Copy a profile; copies stay signed in',
      scope: 'manage',
      idempotencyKey: true,
      http: { method: 'POST', path: '/v1/profiles/{id}/clone' },
    },
  ),
  profiles_disk: call(z.strictObject({ id: ProfileId }), ProfileDisk, {
    ...area,
    row: '-',
    summary: 'Size of a profile by kind of data, measured now',
    scope: 'read',
    http: { method: 'GET', path: '/v1/profiles/{id}/disk' },
  }),
  profiles_clear_cache: call(z.strictObject({ id: ProfileId }), z.object({ freed_bytes: z.int() }), {
    ...area,
    row: '-',
    summary: 'Remove what the browser of a profile can load again; logins stay',
    scope: 'manage',
    http: { method: 'POST', path: '/v1/profiles/{id}/clear-cache' },
  }),
  profiles_connect: call(z.strictObject({ id: ProfileId }), z.object({ ws_url: z.string(), expires_at: Timestamp }), {
    ...area,
    row: 'B04',
    summary: 'An address that drives the open browser of a profile, once, by the Chrome DevTools Protocol',
    scope: 'run',
    http: { method: 'POST', path: '/v1/profiles/{id}/connect' },
  }),
};

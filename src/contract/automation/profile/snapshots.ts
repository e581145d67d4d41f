/** Earlier states of a profile: its data as it was when its browser was closed, to compare with and to go back to. */
import { z } from 'zod';
import { call } from '../../kernel/define.ts';
import { ProfileId, Timestamp } from '../../kernel/scalars.ts';
import { Profile } from '../profiles.ts';

const SnapshotId = z.string().regex(/^snp_[0-9a-f]{26}$/, 'must be the id of a snapshot');
export type SnapshotId = z.infer<typeof SnapshotId>;

export const ProfileSnapshotInfo = z.object({
  id: SnapshotId,
  profile_id: ProfileId,
  /** `stop`: its browser was closed; `restore`: what was there before an earlier state came back. */
  reason: z.enum(['stop', 'manual', 'restore']),
  bytes: z.int(),
  created_at: Timestamp,
});
export type ProfileSnapshotInfo = z.infer<typeof ProfileSnapshotInfo>;

/** A cookie by its place; values are not told. */
const CookiePlace = z.object({ domain: z.string(), name: z.string(), path: z.string() });
export const SnapshotDiff = z.object({
  /** In the snapshot and no longer in the profile. */
  gone: z.array(CookiePlace),
  /** In the profile and not in the snapshot. */
  added: z.array(CookiePlace),
  /** In both, with another value. */
  changed: z.array(CookiePlace),
});
export type SnapshotDiff = z.infer<typeof SnapshotDiff>;

const area = { row: '-', area: 'automation', tags: ['profiles'] } as const;
const One = z.strictObject({ id: ProfileId, snapshot_id: SnapshotId });
const path = '/v1/profiles/{id}/snapshots';

export const snapshotOperations = {
  profiles_snapshots_list: call(z.strictObject({ id: ProfileId }), z.object({ items: z.array(ProfileSnapshotInfo) }), {
    ...area,
    summary: 'Earlier states of a profile, newest first',
    scope: 'read',
    http: { method: 'GET', path },
  }),
  profiles_snapshots_create: call(z.strictObject({ id: ProfileId }), ProfileSnapshotInfo, {
    ...area,
    summary: 'Keep the present state of a closed profile',
    scope: 'manage',
    http: { method: 'POST', path, status: 201 },
  }),
  profiles_snapshots_restore: call(One, Profile, {
    ...area,
    summary: 'Bring an earlier state of a profile back; the present one is kept',
    scope: 'manage',
    http: { method: 'POST', path: `${path}/{snapshot_id}/restore` },
  }),
  profiles_snapshots_diff: call(One, SnapshotDiff, {
    ...area,
    summary: 'Cookies that differ between a snapshot and the profile now',
    scope: 'manage',
    http: { method: 'GET', path: `${path}/{snapshot_id}/diff` },
  }),
  profiles_snapshots_delete: call(One, z.object({ id: SnapshotId, deleted: z.literal(true) }), {
    ...area,
    summary: 'Delete an earlier state of a profile',
    scope: 'manage',
    http: { method: 'DELETE', path: `${path}/{snapshot_id}` },
  }),
};

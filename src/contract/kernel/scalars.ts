/** Small schemas shared by every feature: branded ids, timestamps, and the members all entities have. */
import { z } from 'zod';

/** Crockford base32 in lower case, 26 characters: a ULID as it appears in ids. */
const ULID = '[0-9a-hjkmnp-tv-z]{26}';

/**
 * Schema of an entity's ids, `<prefix>_<ulid>`, which knows the prefix.
 * Ids to which other entities refer are here, so that their files need not import each other; others belong beside their entity.
 */
export function entityId<Brand extends string>(prefix: string) {
  const schema = z.string().regex(new RegExp(`^${prefix}_${ULID}$`), `must be an id like ${prefix}_01j…`);
  return Object.assign(schema.brand<Brand>(), { prefix });
}

export const ProfileId = entityId<'ProfileId'>('prf');
export type ProfileId = z.infer<typeof ProfileId>;
export const ProxyId = entityId<'ProxyId'>('prx');
export type ProxyId = z.infer<typeof ProxyId>;
export const PoolId = entityId<'PoolId'>('pol');
export type PoolId = z.infer<typeof PoolId>;
export const CommandId = entityId<'CommandId'>('cmd');
export type CommandId = z.infer<typeof CommandId>;
export const TaskId = entityId<'TaskId'>('tsk');
export type TaskId = z.infer<typeof TaskId>;
export const AttemptId = entityId<'AttemptId'>('att');
export type AttemptId = z.infer<typeof AttemptId>;
export const BatchId = entityId<'BatchId'>('bat');
export type BatchId = z.infer<typeof BatchId>;
export const ScheduleId = entityId<'ScheduleId'>('sch');
export type ScheduleId = z.infer<typeof ScheduleId>;
export const ArtifactId = entityId<'ArtifactId'>('art');
export type ArtifactId = z.infer<typeof ArtifactId>;
export const JobId = entityId<'JobId'>('job');
export type JobId = z.infer<typeof JobId>;
export const UploadId = entityId<'UploadId'>('upl');
export type UploadId = z.infer<typeof UploadId>;
export const BackupId = entityId<'BackupId'>('bak');
export type BackupId = z.infer<typeof BackupId>;
export const KeyId = entityId<'KeyId'>('key');
export type KeyId = z.infer<typeof KeyId>;
export const ConnectionId = entityId<'ConnectionId'>('con');
export type ConnectionId = z.infer<typeof ConnectionId>;
export const ModelId = entityId<'ModelId'>('mdl');
export type ModelId = z.infer<typeof ModelId>;

/** What sessions are called: a client may choose the name itself, but none that a path loses on its way. */
export const SessionName = z
  .string()
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9._:-]{1,128}$/, 'must be 1 to 128 letters, digits or . _ : -, and neither . nor ..');

/** RFC 3339 UTC with milliseconds, `2026-11-20T10:50:00.000Z`. */
export const Timestamp = z.iso.datetime({ precision: 3 });

/** Position in the event table or in a log; grows by at least one per entry. */
export const Seq = z.coerce.number().int().min(0);

export { Json, JsonObject } from './json.ts';

/** Members of every stored entity. */
export const entityFields = {
  created_at: Timestamp,
  updated_at: Timestamp,
  version: z.int().min(1),
};

/** An input without members; absent, `null` and `{}` are equal (the dispatcher turns the first two into the third). */
export const Nothing = z.strictObject({});

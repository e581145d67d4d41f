/** Small schemas shared by every feature: branded ids, timestamps, and the members all entities have. */
import { z } from 'zod';

/** Crockford base32 in lower case, 26 characters: a ULID as it appears in ids. */
const ULID = '[0-9a-hjkmnp-tv-z]{26}';

/** Prefixes of entity ids (api.md §4.1). */
export const ID_PREFIXES = {
  profile: 'prf',
  command: 'cmd',
  task: 'tsk',
  artifact: 'art',
  job: 'job',
  upload: 'upl',
  key: 'key',
  backup: 'bak',
  connection: 'con',
  batch: 'bat',
  attempt: 'att',
} as const;
/** Entities that have an id of their own. */
export type EntityName = keyof typeof ID_PREFIXES;

const id = <P extends string>(prefix: P) =>
  z.string().regex(new RegExp(`^${prefix}_${ULID}$`), `must be an id like ${prefix}_01j…`);

/** `prf_<ulid>`. */
export const ProfileId = id('prf').brand<'ProfileId'>();
export type ProfileId = z.infer<typeof ProfileId>;
/** `cmd_<ulid>`. */
export const CommandId = id('cmd').brand<'CommandId'>();
export type CommandId = z.infer<typeof CommandId>;
/** `tsk_<ulid>`. */
export const TaskId = id('tsk').brand<'TaskId'>();
export type TaskId = z.infer<typeof TaskId>;
/** `art_<ulid>`. */
export const ArtifactId = id('art').brand<'ArtifactId'>();
export type ArtifactId = z.infer<typeof ArtifactId>;
/** `job_<ulid>`. */
export const JobId = id('job').brand<'JobId'>();
export type JobId = z.infer<typeof JobId>;
/** `upl_<ulid>`. */
export const UploadId = id('upl').brand<'UploadId'>();
export type UploadId = z.infer<typeof UploadId>;
/** `key_<ulid>`. */
export const KeyId = id('key').brand<'KeyId'>();
export type KeyId = z.infer<typeof KeyId>;
/** `bak_<ulid>`. */
export const BackupId = id('bak').brand<'BackupId'>();
export type BackupId = z.infer<typeof BackupId>;
/** `con_<ulid>`. */
export const ConnectionId = id('con').brand<'ConnectionId'>();
export type ConnectionId = z.infer<typeof ConnectionId>;
/** `bat_<ulid>`. */
export const BatchId = id('bat').brand<'BatchId'>();
export type BatchId = z.infer<typeof BatchId>;

/** RFC 3339 UTC with milliseconds, `2026-11-20T10:50:00.000Z`. */
export const Timestamp = z.iso.datetime({ precision: 3 });

/** Position in the event table or in a log; grows by at least one per entry. */
export const Seq = z.coerce.number().int().min(0);

/** Any JSON value. */
export const Json = z.json();
export type Json = z.infer<typeof Json>;

/** A JSON object with any members. */
export const JsonObject = z.record(z.string(), z.json());
export type JsonObject = z.infer<typeof JsonObject>;

/** Members of every stored entity. */
export const entityFields = {
  created_at: Timestamp,
  updated_at: Timestamp,
  version: z.int().min(1),
};

/** An input without members; absent, `null` and `{}` are equal (the dispatcher turns the first two into the third). */
export const Nothing = z.strictObject({});

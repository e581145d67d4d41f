/** The members of a profile: each has one name on the wire, in rows and in the database. */

import { LastTask as LastTaskSchema } from '../../../contract/automation/last-task.ts';
import { Profile, ProfileCreate, ProfileSnapshot } from '../../../contract/automation/profiles.ts';
import type { ProxyRoute } from '../../../contract/automation/proxies.ts';
import { iso, isoOrNull } from '../../core/clock.ts';
import { recordOrNull } from '../../core/db/index.ts';
import { wireMembers } from '../../core/operation/values.ts';
import type { Changes } from '../../core/operation/versioned.ts';
import type { ProfileRow } from './schema.ts';
import type { LastTask } from './store.ts';

/** Members an update may carry; null sets a member back to what a new profile has. */
export type ProfilePatch = Changes<{ [K in keyof ProfileCreate]?: ProfileCreate[K] | null }>;

const EDITABLE = Object.keys(ProfileCreate.shape) as (keyof ProfileCreate)[];

/** What a task remembers of a profile. */
export function snapshotOf(row: ProfileRow, proxy: ProxyRoute | null): ProfileSnapshot {
  return { ...wireMembers(ProfileSnapshot, row), proxy };
}

/** A profile as every answer has it. */
export function toProfile(
  row: ProfileRow,
  use: Pick<Profile, 'state' | 'holder'>,
  last: LastTask | undefined,
): Profile {
  return {
    ...wireMembers(Profile, row),
    ...use,
    last_started_at: isoOrNull(row.last_started_at),
    last_task: last ? recordOrNull(LastTaskSchema, () => ({ ...last, at: iso(last.at) })) : null,
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  };
}

/** The row after a patch. */
export function patched(row: ProfileRow, patch: ProfilePatch): ProfileRow {
  const fresh = (field: keyof ProfileCreate) => ProfileCreate.shape[field].parse(undefined);
  const changed = EDITABLE.filter((field) => patch[field] !== undefined);
  return { ...row, ...Object.fromEntries(changed.map((field) => [field, patch[field] ?? fresh(field)])) };
}

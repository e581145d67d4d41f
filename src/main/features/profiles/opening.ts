/** Opening and closing the browser of a profile by hand. */
import type { Profile } from '../../../contract/automation/profiles.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { removeChromeLock } from './launch/chrome-lock.ts';
import type { ManualBrowsers } from './manual.ts';
import type { Occupancy } from './occupancy/occupancy.ts';
import type { ProfileRow } from './schema.ts';

/** Creates the operations; each answers the profile as it then is. */
export function createOpening(deps: {
  leases: Occupancy['leases'];
  states: Occupancy['states'];
  manual: ManualBrowsers;
  /** @throws AppError `not-found` */
  require: (id: ProfileId) => ProfileRow;
  view: (row: ProfileRow) => Profile;
  dirOf: (row: ProfileRow) => string;
}) {
  const { leases, states, manual, require, view, dirOf } = deps;
  return {
    /** Removes a lock that a browser left behind. @throws AppError `conflict` when a running browser holds the profile */
    unlock(id: ProfileId): Profile {
      const row = require(id);
      if (leases.holder(id) || !removeChromeLock(dirOf(row))) {
        throw new AppError('conflict', `${row.name} is in use by a running browser; close it instead.`, {
          extra: { holder: states.holder(row) },
        });
      }
      states.set(id, 'stopped');
      return view(row);
    },
    /** @throws AppError as {@link ManualBrowsers} does */
    async start(id: ProfileId, options: Parameters<typeof manual.start>[1]): Promise<Profile> {
      await manual.start(id, options);
      return view(require(id));
    },
    /** @throws AppError `conflict` when a task uses the profile */
    async stop(id: ProfileId, force: boolean): Promise<Profile> {
      const row = require(id);
      const holder = leases.holder(id);
      if (!(await manual.stop(id, force)) && holder?.kind === 'task') {
        throw new AppError('conflict', `The profile is in use by ${holder.id}; cancel that task instead.`, {
          extra: { holder },
        });
      }
      return view(row);
    },
  };
}

/** Exclusive use of profiles: tasks and manual starts ask the same lock. It lives in memory, like the processes it guards. */

import type { ProfileHolder } from '../../../../contract/automation/profiles.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import { createListeners } from '../../../core/listeners.ts';

/** Leases by profile. */
export interface Leases {
  /** @throws AppError `conflict` with `holder` when the profile is held */
  take(id: ProfileId, holder: ProfileHolder): void;
  drop(id: ProfileId): void;
  holder(id: ProfileId): ProfileHolder | null;
  held(): ProfileId[];
  /** Called after a lease has been dropped. @returns unsubscribes */
  onFree(listener: (id: ProfileId) => void): () => void;
}

/** Creates an empty lease table. @param report told of errors that listeners throw */
export function createLeases(report: (error: unknown) => void): Leases {
  const holders = new Map<ProfileId, ProfileHolder>();
  const listeners = createListeners<[id: ProfileId]>(report);
  return {
    take(id, holder) {
      const current = holders.get(id);
      if (current) {
        const who = current.kind === 'manual' ? 'is open by hand' : `is in use by ${current.id}`;
        throw new AppError('conflict', `The profile ${who} since ${current.since}.`, { extra: { holder: current } });
      }
      holders.set(id, holder);
    },
    drop(id) {
      if (holders.delete(id)) listeners.notify(id);
    },
    holder: (id) => holders.get(id) ?? null,
    held: () => [...holders.keys()],
    onFree: listeners.add,
  };
}

/** Lists of profiles, whose state is not in the database but in the locks of their folders. */
import { z } from 'zod';
import { Profile } from '../../../contract/automation/profiles.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import { type Db, recordOrNull, recordsOf } from '../../core/db/index.ts';
import type { ChromeLock } from './launch/chrome-lock.ts';
import type { Occupancy } from './occupancy/occupancy.ts';
import type { ProfileRow } from './schema.ts';
import type { LastTask, ProfileFilter, ProfileListInput, ProfileStore } from './store.ts';

export interface ListingDeps extends Pick<Occupancy, 'locks' | 'states'> {
  db: Db;
  store: ProfileStore;
  viewWith(row: ProfileRow, lock: ChromeLock, last: LastTask | undefined): Profile;
  dirOf(row: ProfileRow): string;
}

export function createListing({ db, store, locks, states, viewWith, dirOf }: ListingDeps) {
  /** Its folder; none for a damaged id, which names no folder. */
  const placeOf = (row: ProfileRow) => {
    const dir = recordOrNull(z.string(), () => dirOf(row));
    return dir === null ? [] : [{ id: row.id, dir }];
  };
  return {
    /** Reads the locks of the page only; a filter or an order by state is answered from the last scan of all folders. */
    async list(input: ProfileListInput): Promise<Page<Profile>> {
      const wanted = [input.state ?? []].flat();
      const byState = wanted.length > 0 || /\bstate\b/.test(input.sort ?? '');
      if (byState) await locks.refresh();
      const page = store.list(input, states.inState(wanted));
      if (!byState) {
        await locks.readAll(page.items.flatMap(placeOf));
        void locks.refresh();
      }
      const last = store.lastTasks(page.items.map(({ id }) => id));
      const shown = (row: ProfileRow) => viewWith(row, locks.get(row.id), last.get(row.id));
      return { ...page, items: recordsOf(db, 'profile', Profile, page.items, shown) };
    },
    /** Ids of all profiles that match, oldest first; of the deleted ones or of the others. */
    async matching(filter: ProfileFilter, deleted: boolean): Promise<string[]> {
      const wanted = [filter.state ?? []].flat();
      if (wanted.length > 0) await locks.refresh();
      return store.matching(filter, states.inState(wanted), deleted);
    },
  };
}

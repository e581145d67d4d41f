/** The states of profiles, which are not in the database: they follow from leases, locks and how the last run ended. */
import type { ProfileHolder, ProfileState } from '../../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import { iso } from '../../../core/clock.ts';
import type { ChromeLock } from '../launch/chrome-lock.ts';
import type { ProfileRow } from '../schema.ts';
import type { ProfileStore, States } from '../store.ts';
import type { createLeases } from './leases.ts';
import type { createLockBook } from './lock-book.ts';

/** The other program that a lock in the folder speaks of. */
export function foreignHolder(row: ProfileRow, lock: ChromeLock): ProfileHolder | null {
  const since = iso(row.updated_at);
  if (lock.state === 'live') return { kind: 'foreign', id: `process ${lock.pid}`, since };
  if (lock.state === 'foreign') return { kind: 'foreign', id: `${lock.host}, process ${lock.pid}`, since };
  return null;
}

/** Creates the table of states. */
export function createStates(deps: {
  store: ProfileStore;
  leases: ReturnType<typeof createLeases>;
  locks: ReturnType<typeof createLockBook>;
  dirOf: (row: ProfileRow) => string;
}) {
  const { store, leases, locks, dirOf } = deps;
  const states = new Map<ProfileId, ProfileState>();

  function of(id: ProfileId, lock: ChromeLock): ProfileState {
    if (leases.holder(id)) return states.get(id) ?? 'running';
    if (lock.state === 'live' || lock.state === 'foreign') return 'locked';
    return states.get(id) ?? 'stopped';
  }

  const holder = (row: ProfileRow, lock = locks.read(row.id, dirOf(row))): ProfileHolder | null =>
    leases.holder(row.id) ?? foreignHolder(row, lock);

  function set(id: ProfileId, state: ProfileState): void {
    if (state === 'stopped') states.delete(id);
    else states.set(id, state);
    store.announce(id);
    if (state === 'running') store.tell(id, 'started', leases.holder(id));
  }

  /** Only the few profiles that something has happened to are not `stopped`. */
  function inState(wanted: readonly ProfileState[]): States {
    const known = [...new Set([...leases.held(), ...states.keys(), ...locks.held()])];
    const now = new Map(known.map((id) => [id, of(id, locks.get(id))]));
    const fits = (id: ProfileId) => wanted.includes(now.get(id) ?? 'stopped');
    return wanted.includes('stopped')
      ? { notIn: known.filter((id) => !fits(id)), states: now }
      : { in: known.filter(fits), states: now };
  }

  return {
    of,
    holder,
    set,
    inState,
    crashed: (id: ProfileId) => void states.set(id, 'crashed'),
    forget: (id: ProfileId) => void states.delete(id),
    /** A crash stays visible when the profile is free again. */
    ended(id: ProfileId): void {
      const last = states.get(id);
      if (last !== 'crashed') states.delete(id);
      // What was starting has not been told of.
      if (last !== 'starting') store.tell(id, last === 'crashed' ? 'crashed' : 'stopped', leases.holder(id));
    },
  };
}

/** Handlers of profiles: maps only. */
import type { cookieOperations } from '../../../contract/automation/profile/cookies.ts';
import type { exitOperations } from '../../../contract/automation/profile/exit.ts';
import type { profileRowOperations } from '../../../contract/automation/profile/rows.ts';
import type { profileUseOperations } from '../../../contract/automation/profile/running.ts';
import type { snapshotOperations } from '../../../contract/automation/profile/snapshots.ts';
import type { profileOperations } from '../../../contract/automation/profiles.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import { changesOf } from '../../core/operation/versioned.ts';
import type { Browsers } from './launch/browsers.ts';
import type { ProfileService } from './service.ts';

/** Ids of the operations that this feature answers. */
export type ProfileOperationId =
  | Exclude<keyof typeof profileOperations, 'profiles_bulk'>
  | keyof typeof cookieOperations
  | keyof typeof profileRowOperations
  | keyof typeof profileUseOperations
  | keyof typeof snapshotOperations
  | keyof typeof exitOperations
  | 'profiles_traffic';

/** Maps the operations onto the service. */
export function profileHandlers(service: ProfileService, browsers: Browsers): Handlers<ProfileOperationId> {
  return {
    profiles_list: (input) => service.list(input),
    profiles_create: (input) => service.create(input),
    profiles_get: ({ id }) => service.get(id),
    profiles_update: (input, { ifMatch }) =>
      service.update(input.id, changesOf(input), { body: input.version, ifMatch }),
    profiles_delete: ({ id }) => {
      service.remove(id);
      return { id, deleted: true };
    },
    profiles_restore: ({ id }) => service.restore(id),
    profiles_start: async ({ id, headless, urls, wait }) => {
      const started = service.start(id, { headless, urls });
      if (wait) return started;
      started.catch(() => undefined); // the state of the profile tells
      return service.get(id);
    },
    profiles_stop: ({ id, force }) => service.stop(id, force),
    profiles_unlock: ({ id }) => service.unlock(id),
    profiles_cookies_get: ({ id, format, domain }) => service.cookies.get(id, format, domain),
    profiles_cookies_set: ({ id, ...input }) => service.cookies.set(id, input),
    profiles_cookies_delete: ({ id, ...selection }) => service.cookies.delete(id, selection),
    profiles_cookies_copy: ({ id, from, domain, mode }) => service.cookies.copy(id, from, domain, mode),
    profiles_create_rows: (input, { signal }) => service.createRows(input, signal),
    profiles_clone: ({ id, ...input }, { signal }) => service.clone(id, input, signal),
    profiles_disk: ({ id }) => service.disk(id),
    profiles_clear_cache: ({ id }) => service.clearCache(id),
    profiles_connect: ({ id }, { principal }) => service.connect(id, principal),
    profiles_exit: ({ id }) => service.exit(id),
    profiles_exit_accept: ({ id, ip }) => service.acceptExit(id, ip),
    profiles_exit_renew: ({ id }) => service.renewExit(id),
    profiles_traffic: ({ id }) => service.traffic(id),
    profiles_snapshots_list: ({ id }) => service.snapshots.list(id),
    profiles_snapshots_create: ({ id }) => service.snapshots.create(id),
    profiles_snapshots_restore: ({ id, snapshot_id }) => service.snapshots.restore(id, snapshot_id),
    profiles_snapshots_diff: ({ id, snapshot_id }) => service.snapshots.diff(id, snapshot_id),
    profiles_snapshots_delete: ({ id, snapshot_id }) => service.snapshots.delete(id, snapshot_id),
    browsers_list: async ({ refresh }) => ({ items: await browsers.list(refresh) }),
    browsers_check: ({ path }) => browsers.check(path),
  };
}

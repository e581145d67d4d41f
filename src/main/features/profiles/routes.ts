/** Handlers of profiles: maps only. */
import type { cookieOperations } from '../../../contract/automation/profile/cookies.ts';
import type { profileOperations } from '../../../contract/automation/profiles.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import { changesOf } from '../../core/operation/versioned.ts';
import type { Browsers } from './launch/browsers.ts';
import type { ProfileService } from './service.ts';

/** Ids of the operations that this feature answers. */
export type ProfileOperationId =
  | Exclude<keyof typeof profileOperations, 'profiles_bulk'>
  | keyof typeof cookieOperations;

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
    browsers_list: async ({ refresh }) => ({ items: await browsers.list(refresh) }),
    browsers_check: ({ path }) => browsers.check(path),
  };
}

/** Handlers of profiles: maps only. */
import { z } from 'zod';
import { profileOperations } from '../../../contract/automation/profiles.ts';
import { parseMember, runBulk } from '../../core/operation/bulk.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import { changesOf } from '../../core/operation/versioned.ts';
import type { Browsers } from './launch/browsers.ts';
import type { ProfileService } from './service.ts';

/** Ids of the operations that this feature answers. */
export type ProfileOperationId = keyof typeof profileOperations;

const BulkPatch = profileOperations.profiles_update.input.omit({ id: true, version: true, name: true });

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
    profiles_bulk: ({ ids, action, input }) =>
      runBulk(ids, (id) => {
        switch (action) {
          case 'start':
            return service.start(
              id,
              parseMember('input', z.strictObject({ headless: z.boolean().default(false) }), input ?? {}),
            );
          case 'stop':
            return service.stop(id, false);
          case 'delete':
            return service.remove(id);
          case 'restore':
            return service.restore(id);
          case 'update':
            return service.update(id, changesOf({ id, ...parseMember('input', BulkPatch, input) }), {});
        }
      }),
    profiles_start: async ({ id, headless, urls, wait }) => {
      const started = service.start(id, { headless, urls });
      if (wait) return started;
      started.catch(() => undefined); // the state of the profile tells
      return service.get(id);
    },
    profiles_stop: ({ id, force }) => service.stop(id, force),
    profiles_unlock: ({ id }) => service.unlock(id),
    browsers_list: async ({ refresh }) => ({ items: await browsers.list(refresh) }),
    browsers_check: ({ path }) => browsers.check(path),
  };
}

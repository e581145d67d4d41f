/** The verbs on many profiles. */
import { z } from 'zod';
import { profileOperations } from '../../../contract/automation/profiles.ts';
import { ProfileId } from '../../../contract/kernel/scalars.ts';
import { type BulkResource, parseMember } from '../../core/operation/bulk.ts';
import { changesOf } from '../../core/operation/versioned.ts';
import type { ProfileService } from './service.ts';
import type { ProfileFilter } from './store.ts';

/** Browsers start one after the other; what only changes rows is done in slices. */
const TOGETHER = { start: 1, stop: 10, delete: 20, restore: 20, update: 20 } as const;
const BulkStart = z.strictObject({ headless: z.boolean().default(false) });
const BulkPatch = profileOperations.profiles_update.input.omit({ id: true, version: true, name: true });

/** Maps them onto the service. */
export function profileBulk(
  service: ProfileService,
): BulkResource<ProfileFilter, 'start' | 'stop' | 'delete' | 'restore' | 'update'> {
  return {
    matching: (filter, action) => service.matching(filter, action === 'restore'),
    together: (action) => TOGETHER[action],
    act(row, { action, input }) {
      const id = ProfileId.parse(row);
      switch (action) {
        case 'start':
          return service.start(id, parseMember('input', BulkStart, input ?? {}));
        case 'stop':
          return service.stop(id, false);
        case 'delete':
          return service.remove(id);
        case 'restore':
          return service.restore(id);
        case 'update':
          return service.update(id, changesOf({ id, ...parseMember('input', BulkPatch, input) }), {});
      }
    },
  };
}

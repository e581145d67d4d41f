/** The verbs on many commands. */
import { z } from 'zod';
import { CommandId } from '../../../contract/kernel/scalars.ts';
import { type BulkResource, parseMember } from '../../core/operation/bulk.ts';
import { changesOf } from '../../core/operation/versioned.ts';
import type { CommandService } from './service.ts';
import type { CommandFilter } from './store.ts';

/** Members that make sense on many commands at once. */
const BulkPatch = z.strictObject({
  folder: z.string().trim().min(1).max(100).nullable().optional(),
  tags: z.array(z.string().trim().min(1).max(50)).max(30).optional(),
  enabled: z.boolean().optional(),
  timeout_seconds: z.int().min(1).max(604_800).optional(),
});

/** Maps them onto the service. */
export function commandBulk(service: CommandService): BulkResource<CommandFilter, 'delete' | 'restore' | 'update'> {
  return {
    matching: (filter, action) => service.matching(filter, action === 'restore'),
    together: () => 20,
    act(row, { action, input, by }) {
      const id = CommandId.parse(row);
      switch (action) {
        case 'delete':
          return service.remove(id, by.name);
        case 'restore':
          return service.restore(id, by.name);
        case 'update':
          return service.update(id, changesOf({ id, ...parseMember('input', BulkPatch, input) }), by.name, {});
      }
    },
  };
}

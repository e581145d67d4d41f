/** Handlers of commands: maps only. */
import { z } from 'zod';
import { parseMember, runBulk } from '../../core/operation/bulk.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import { changesOf } from '../../core/operation/versioned.ts';
import type { CommandService } from './service.ts';
import { kindSchemas } from './spec.ts';

/** Ids of the operations that this feature answers. */
export type CommandOperationId =
  | 'commands_list'
  | 'commands_create'
  | 'commands_get'
  | 'commands_update'
  | 'commands_delete'
  | 'commands_restore'
  | 'commands_bulk'
  | 'commands_kinds'
  | 'commands_versions'
  | 'commands_version_get'
  | 'commands_dry_run';

/** Maps the operations onto the service. */
export function commandHandlers(service: CommandService): Handlers<CommandOperationId> {
  return {
    commands_list: (input) => service.list(input),
    commands_create: (input, { principal }) => service.create(input, principal.name),
    commands_get: ({ id }) => service.get(id),
    commands_update: (input, { principal, ifMatch }) =>
      service.update(input.id, changesOf(input), principal.name, { body: input.version, ifMatch }),
    commands_delete: ({ id }, { principal }) => {
      service.remove(id, principal.name);
      return { id, deleted: true };
    },
    commands_restore: ({ id }, { principal }) => service.restore(id, principal.name),
    commands_bulk: ({ ids, action, input }, { principal }) =>
      runBulk(ids, (id) => {
        switch (action) {
          case 'delete':
            return service.remove(id, principal.name);
          case 'restore':
            return service.restore(id, principal.name);
          case 'update':
            return service.update(id, changesOf({ id, ...parseMember('input', BulkPatch, input) }), principal.name, {});
        }
      }),
    commands_kinds: () => ({ items: kindSchemas() }),
    commands_versions: ({ id }) => ({ items: service.versions(id), next_cursor: null, total: null }),
    commands_version_get: ({ id, version }) => service.atVersion(id, version),
    commands_dry_run: (input) => service.dryRun(input),
  };
}

/** Members that make sense on many commands at once. */
const BulkPatch = z.strictObject({
  folder: z.string().trim().min(1).max(100).nullable().optional(),
  tags: z.array(z.string().trim().min(1).max(50)).max(30).optional(),
  enabled: z.boolean().optional(),
  timeout_seconds: z.int().min(1).max(604_800).optional(),
});

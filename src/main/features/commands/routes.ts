/** Handlers of commands: maps only. */
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
    commands_kinds: () => ({ items: kindSchemas() }),
    commands_versions: ({ id }) => ({ items: service.versions(id), next_cursor: null, total: null }),
    commands_version_get: ({ id, version }) => service.atVersion(id, version),
    commands_dry_run: (input) => service.dryRun(input),
  };
}

/** Rules of commands: validation, versions, secrets in defaults, snapshots for tasks, dry runs. */
import { Command, type CommandSpec, type DryRun } from '../../../contract/automation/commands.ts';
import type { CommandId, JsonObject } from '../../../contract/kernel/scalars.ts';
import { type Clock, iso } from '../../core/clock.ts';
import { type Db, recordOf, recordsOf } from '../../core/db/index.ts';
import { notFound } from '../../core/operation/versioned.ts';
import type { Secrets } from '../../core/secrets/secrets.ts';
import type { Checks } from './compute/checks.ts';
import type { Variables } from './compute/requests.ts';
import { type DryRunFacts, type DryRunRequest, dryRun } from './dry-run.ts';
import { createEditing } from './editing.ts';
import { diffOf, toCommand } from './fields.ts';
import { createPrepareRun } from './run.ts';
import type { CommandRow } from './schema.ts';
import { ownerOf } from './secrets/defaults.ts';
import { bySeal, requireNoExposure, secretParts } from './secrets/exposed.ts';
import { createSnapshot } from './snapshot.ts';
import { resolveSpec } from './spec.ts';
import type { CommandFilter, CommandListInput, CommandStore } from './store.ts';

/** What {@link createCommandService} needs. */
export interface CommandDeps extends DryRunFacts {
  db: Db;
  store: CommandStore;
  secrets: Secrets;
  checks: Checks;
  clock: Clock;
}

/** Creates the service. */
export function createCommandService({ db, store, secrets, checks, clock, ...facts }: CommandDeps) {
  const require = (id: CommandId): CommandRow => {
    const row = store.get(id);
    if (!row) throw notFound('command', id);
    return row;
  };

  const shown = (row: CommandRow): Command => toCommand(row, store.lastTask(row.id));
  const view = (row: CommandRow): Command => recordOf(Command, () => shown(row));

  const editing = createEditing({ store, secrets, checks, clock, require, view });

  const snapshot = createSnapshot({ store, secrets, require });

  return {
    ...editing,
    get: (id: CommandId) => view(require(id)),
    /** Name of a command that is not deleted. */
    name: (id: CommandId): string | null => store.get(id)?.name ?? null,
    list: (input: CommandListInput) => {
      const page = store.list(input);
      return { ...page, items: recordsOf(db, 'command', Command, page.items, shown) };
    },
    /** Ids of all commands that match, oldest first; of the deleted ones or of the others. */
    matching: (filter: CommandFilter, deleted: boolean) => store.matching(filter, deleted),
    versions(id: CommandId) {
      require(id);
      const rows = store.versions(id);
      return rows.map((row, index) => ({
        version: row.version,
        at: iso(row.at),
        by: row.by_name,
        restored_from: row.restored_from,
        diff: diffOf(rows[index + 1]?.body, row.body),
      }));
    },
    atVersion(id: CommandId, version: number): Command {
      require(id);
      const row = store.version(id, version);
      if (!row) throw notFound('version', `${version} of ${id}`);
      return view(row);
    },
    /** The example command of this name, deleted or not. */
    example: (name: string) => store.byExample(name),
    snapshot,
    /** See {@link createPrepareRun}. */
    prepareRun: createPrepareRun(secrets, checks, snapshot),
    /**
     * See {@link resolveSpec}.
     * @param stored the input with its secrets sealed
     * @throws AppError `validation-error` when a secret would be exposed
     */
    resolve(spec: CommandSpec, variables: Variables, stored: JsonObject) {
      requireNoExposure(spec, bySeal(stored));
      return { ...resolveSpec(spec, variables), secretParts: secretParts(spec, bySeal(stored)) };
    },
    /** See {@link dryRun}. */
    dryRun: async (request: DryRunRequest): Promise<DryRun> =>
      dryRun(request, request.id === undefined ? undefined : require(request.id), { ...facts, checks }),
    /** Deletes for good what was deleted more than 30 days ago. */
    purge(before: number): void {
      for (const id of store.purge(before)) secrets.removeOwner(ownerOf(id));
    },
  };
}
export type CommandService = ReturnType<typeof createCommandService>;

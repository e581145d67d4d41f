/** Creating, changing, deleting and restoring commands; each writes a version. */
import { type Command, type CommandCreate, CommandSpec } from '../../../contract/automation/commands.ts';
import type { CommandId } from '../../../contract/kernel/scalars.ts';
import type { Clock } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import { checkVersion, notFound } from '../../core/operation/versioned.ts';
import { withoutReferences } from '../../core/secrets/secret-refs.ts';
import type { Secrets } from '../../core/secrets/secrets.ts';
import type { Checks } from './compute/checks.ts';
import { type CommandPatch, editable, patched } from './fields.ts';
import type { CommandRow } from './schema.ts';
import { sealDefaults } from './secrets/defaults.ts';
import { requireSpec } from './spec.ts';
import type { CommandStore } from './store.ts';

interface EditingDeps {
  store: CommandStore;
  secrets: Secrets;
  checks: Checks;
  clock: Clock;
  /** @throws AppError `not-found` */
  require(id: CommandId): CommandRow;
  view(row: CommandRow): Command;
}

/** The next version of a row; its schema is checked, its secrets are sealed. @throws AppError `validation-error` */
async function nextVersion(
  { secrets, checks, clock }: EditingDeps,
  row: CommandRow,
  patch: CommandPatch,
): Promise<CommandRow> {
  const fields = patched(row, patch);
  const spec = patch.spec ? requireSpec(row.kind, patch.spec) : row.spec;
  const given = patch.defaults === undefined ? {} : withoutReferences(fields.defaults);
  const isNew = patch.input_schema !== undefined;
  const places = await checks.secrets({
    ...{ schema: fields.input_schema, isNew, value: given },
    // Older commands can still be renamed or switched off.
    spec: patch.spec || isNew ? CommandSpec.parse(spec) : null,
  });
  const defaults =
    patch.defaults === undefined ? row.defaults : await sealDefaults(secrets, row.id, places, given, row.defaults);
  return { ...row, ...fields, spec, defaults, updated_at: clock.now(), version: row.version + 1 };
}

/** Creates the part of the service that edits. */
export function createEditing(deps: EditingDeps) {
  const { store, secrets, checks, clock, require, view } = deps;

  function setDeleted(row: CommandRow, deleted_at: number | null, by: string): CommandRow {
    const next = { ...row, deleted_at, updated_at: clock.now(), version: row.version + 1 };
    store.save(next, by, deleted_at === null ? 'command.created' : 'command.deleted');
    return next;
  }

  return {
    /** @throws AppError `validation-error` */
    async create(input: CommandCreate, by: string, example: string | null = null): Promise<Command> {
      const spec = requireSpec(input.kind, input.spec);
      const given = withoutReferences(input.defaults);
      const places = await checks.secrets({ schema: input.input_schema, isNew: true, value: given, spec });
      const id = newId('command');
      const now = clock.now();
      const row: CommandRow = {
        ...editable(input),
        id,
        kind: input.kind,
        spec,
        defaults: await sealDefaults(secrets, id, places, given, {}),
        example,
        created_at: now,
        updated_at: now,
        version: 1,
        deleted_at: null,
      };
      store.save(row, by, 'command.created');
      return view(row);
    },
    /** @throws AppError `not-found`, `version-conflict`, `validation-error` */
    async update(
      id: CommandId,
      { restored_from, ...patch }: CommandPatch & { restored_from?: number },
      by: string,
      expected: { body?: number | undefined; ifMatch?: number | undefined },
    ): Promise<Command> {
      const row = require(id);
      checkVersion(row.version, expected.body, expected.ifMatch);
      if (restored_from !== undefined && !store.version(id, restored_from))
        throw notFound('version', `${restored_from} of ${id}`);
      const next = await nextVersion(deps, row, patch);
      // The command may have changed while its schema was checked and its secrets were sealed.
      checkVersion(require(id).version, row.version, undefined);
      store.save(next, by, 'command.updated', restored_from);
      return view(next);
    },
    /** @throws AppError `not-found` */
    remove(id: CommandId, by: string): void {
      setDeleted(require(id), clock.now(), by);
    },
    /** @throws AppError `not-found` */
    restore(id: CommandId, by: string): Command {
      const row = store.getDeleted(id);
      if (!row) throw notFound('deleted command', id);
      return view(setDeleted(row, null, by));
    },
  };
}

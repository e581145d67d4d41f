/** Rules of commands: validation, versions, secrets in defaults, snapshots for tasks, dry runs. */
import type { Command, CommandCreate, DryRun } from '../../../contract/automation/commands.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { CommandId } from '../../../contract/kernel/scalars.ts';
import { type Clock, iso } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import { checkVersion, notFound } from '../../core/operation/versioned.ts';
import { replaceSecrets } from '../../core/secrets/secret-refs.ts';
import type { Secrets } from '../../core/secrets/secrets.ts';
import { ownerOf, sealDefaults } from './defaults.ts';
import { type DryRunFacts, type DryRunRequest, dryRun } from './dry-run.ts';
import { type CommandPatch, diffOf, editable, patched, toCommand } from './fields.ts';
import { requireSchema } from './input.ts';
import { createPrepareRun } from './run.ts';
import type { CommandRow } from './schema.ts';
import type { CommandSnapshot } from './snapshot.ts';
import { requireSpec, resolveSpec } from './spec.ts';
import type { CommandListInput, CommandStore } from './store.ts';

/** What {@link createCommandService} needs. */
export interface CommandDeps extends DryRunFacts {
  store: CommandStore;
  secrets: Secrets;
  clock: Clock;
}

/** Creates the service. */
export function createCommandService({ store, secrets, clock, profileName, nodePath }: CommandDeps) {
  const require = (id: CommandId): CommandRow => {
    const row = store.get(id);
    if (!row) throw notFound('command', id);
    return row;
  };

  const view = (row: CommandRow): Command => toCommand(row, store.lastTask(row.id));

  async function create(input: CommandCreate, by: string, example: string | null = null): Promise<Command> {
    requireSchema(input.input_schema);
    const id = newId('command');
    const now = clock.now();
    const row: CommandRow = {
      ...editable(input),
      id,
      kind: input.kind,
      spec: requireSpec(input.kind, input.spec),
      defaults: await sealDefaults(secrets, id, input.input_schema, input.defaults, {}),
      example,
      created_at: now,
      updated_at: now,
      version: 1,
      deleted_at: null,
    };
    store.save(row, by, 'command.created');
    return view(row);
  }

  async function update(
    id: CommandId,
    patch: CommandPatch,
    by: string,
    expected: { body?: number | undefined; ifMatch?: number | undefined },
  ): Promise<Command> {
    const row = require(id);
    checkVersion(row.version, expected.body, expected.ifMatch);
    const fields = patched(row, patch);
    if (patch.input_schema !== undefined) requireSchema(fields.input_schema);
    const next: CommandRow = {
      ...row,
      ...fields,
      spec: patch.spec ? requireSpec(row.kind, patch.spec) : row.spec,
      defaults:
        patch.defaults === undefined
          ? row.defaults
          : await sealDefaults(secrets, id, fields.input_schema, fields.defaults, row.defaults),
      updated_at: clock.now(),
      version: row.version + 1,
    };
    // Sealing was asynchronous: the command may have changed meanwhile.
    checkVersion(require(id).version, row.version, undefined);
    store.save(next, by, 'command.updated');
    return view(next);
  }

  function setDeleted(row: CommandRow, deleted_at: number | null, by: string): CommandRow {
    const next = { ...row, deleted_at, updated_at: clock.now(), version: row.version + 1 };
    store.save(next, by, deleted_at === null ? 'command.created' : 'command.deleted');
    return next;
  }

  /**
   * What a task is made from, with secret defaults open.
   * @throws AppError `not-found`, or `invalid-state` when the command is switched off
   */
  async function snapshot(id: CommandId, version?: number): Promise<CommandSnapshot> {
    const current = require(id);
    if (!current.enabled)
      throw new AppError('invalid-state', `The command ${current.name} is switched off; enable it first.`);
    const row = version === undefined ? current : store.version(id, version);
    if (!row) throw notFound('version', `${version} of ${id}`);
    const { kind, name, spec, input_schema, timeout_seconds, retry, concurrency_key, uses } = row;
    const snapshot = { id, version: row.version, kind, name, spec, input_schema, timeout_seconds, retry };
    return {
      ...snapshot,
      concurrency_key,
      uses,
      defaults: await replaceSecrets(row.defaults, (ref) => secrets.get(ref)),
    };
  }

  return {
    create,
    update,
    get: (id: CommandId) => view(require(id)),
    list: (input: CommandListInput) => {
      const page = store.list(input);
      return { ...page, items: page.items.map(view) };
    },
    remove(id: CommandId, by: string): void {
      setDeleted(require(id), clock.now(), by);
    },
    restore(id: CommandId, by: string): Command {
      const row = store.getDeleted(id);
      if (!row) throw notFound('deleted command', id);
      return view(setDeleted(row, null, by));
    },
    versions(id: CommandId) {
      require(id);
      const rows = store.versions(id);
      return rows.map((row, index) => ({
        version: row.version,
        at: iso(row.at),
        by: row.by_name,
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
    prepareRun: createPrepareRun(secrets, snapshot),
    /** See {@link resolveSpec}. */
    resolve: resolveSpec,
    /** See {@link dryRun}. */
    dryRun: (request: DryRunRequest): DryRun =>
      dryRun(request, request.id === undefined ? undefined : require(request.id), { profileName, nodePath }),
    /** Deletes for good what was deleted more than 30 days ago. */
    purge(before: number): void {
      for (const id of store.purge(before)) secrets.removeOwner(ownerOf(id));
    },
  };
}
/** Type of {@link createCommandService}. */
export type CommandService = ReturnType<typeof createCommandService>;

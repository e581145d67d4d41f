/** Rules of commands: validation, versions, secrets in defaults, snapshots for tasks, dry runs. */
import { type Command, type CommandCreate, type DryRun, RetryPolicy } from '../../../contract/automation/commands.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { CommandId, Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { type Clock, iso } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import { checkVersion, notFound } from '../../core/operation/versioned.ts';
import { MASK, masked, replaceSecrets, secretId } from '../../core/secrets/secret-refs.ts';
import type { Secrets } from '../../core/secrets/secrets.ts';
import { type DryRunFacts, type DryRunRequest, dryRun } from './dry-run.ts';
import { mapSecrets, requireSchema } from './input.ts';
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

/** Members of a command that an update may change, already free of `id` and `version`. */
export type CommandPatch = Partial<{ [K in keyof CommandCreate]: CommandCreate[K] | null }>;

/** Members whose change makes a line in the history. */
const VERSIONED = [
  'name',
  'description',
  'folder',
  'tags',
  'spec',
  'inputSchema',
  'defaults',
  'uses',
  'timeoutSeconds',
  'retry',
  'concurrencyKey',
  'enabled',
] as const;
const WIRE_NAMES: Partial<Record<(typeof VERSIONED)[number], string>> = {
  inputSchema: 'input_schema',
  timeoutSeconds: 'timeout_seconds',
  concurrencyKey: 'concurrency_key',
};

function diffOf(older: CommandRow | undefined, newer: CommandRow): { path: string; from: Json; to: Json }[] {
  if (!older) return [];
  return VERSIONED.filter((key) => JSON.stringify(older[key]) !== JSON.stringify(newer[key])).map((key) => ({
    path: WIRE_NAMES[key] ?? key,
    from: masked((older[key] ?? null) as Json),
    to: masked((newer[key] ?? null) as Json),
  }));
}

/** Creates the service. */
export function createCommandService({ store, secrets, clock, profileName, nodePath }: CommandDeps) {
  const require = (id: CommandId): CommandRow => {
    const row = store.get(id);
    if (!row) throw notFound('command', id);
    return row;
  };

  function view(row: CommandRow): Command {
    const last = store.lastTask(row.id);
    return {
      id: row.id,
      kind: row.kind,
      name: row.name,
      description: row.description,
      folder: row.folder,
      tags: row.tags,
      spec: row.spec,
      input_schema: row.inputSchema,
      defaults: masked(row.defaults),
      uses: row.uses,
      timeout_seconds: row.timeoutSeconds,
      retry: row.retry,
      concurrency_key: row.concurrencyKey,
      enabled: row.enabled,
      example: row.example !== null,
      last_task: last ? { id: last.id, status: last.status, at: iso(last.at) } : null,
      created_at: iso(row.createdAt),
      updated_at: iso(row.updatedAt),
      version: row.version,
    };
  }

  /** Seals the secret values of defaults; a mask keeps what was stored before. */
  function sealDefaults(
    id: CommandId,
    schema: JsonObject,
    defaults: JsonObject,
    before: JsonObject,
  ): Promise<JsonObject> {
    return mapSecrets(schema, defaults, async (value, path) => {
      if (value === MASK) {
        const old = path.reduce<Json | undefined>((at, key) => (at as JsonObject | undefined)?.[key], before);
        return old !== undefined && secretId(old) !== null ? old : undefined;
      }
      if (value === null || secretId(value) !== null) return undefined;
      return { $secret: await secrets.put(`command:${id}`, typeof value === 'string' ? value : JSON.stringify(value)) };
    });
  }

  async function create(input: CommandCreate, by: string, example: string | null = null): Promise<Command> {
    requireSchema(input.input_schema);
    const id = newId('command');
    const now = clock.now();
    const row: CommandRow = {
      id,
      name: input.name,
      kind: input.kind,
      description: input.description,
      folder: input.folder,
      tags: input.tags,
      spec: requireSpec(input.kind, input.spec),
      inputSchema: input.input_schema,
      defaults: await sealDefaults(id, input.input_schema, input.defaults, {}),
      uses: input.uses,
      timeoutSeconds: input.timeout_seconds,
      retry: input.retry,
      concurrencyKey: input.concurrency_key,
      enabled: input.enabled,
      example,
      createdAt: now,
      updatedAt: now,
      version: 1,
      deletedAt: null,
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
    const inputSchema = patch.input_schema === undefined ? row.inputSchema : (patch.input_schema ?? {});
    if (patch.input_schema !== undefined) requireSchema(inputSchema);
    const next: CommandRow = {
      ...row,
      name: patch.name ?? row.name,
      description: patch.description === undefined ? row.description : (patch.description ?? ''),
      folder: patch.folder === undefined ? row.folder : patch.folder,
      tags: patch.tags === undefined ? row.tags : (patch.tags ?? []),
      spec: patch.spec ? requireSpec(row.kind, patch.spec) : row.spec,
      inputSchema,
      defaults:
        patch.defaults === undefined
          ? row.defaults
          : await sealDefaults(id, inputSchema, patch.defaults ?? {}, row.defaults),
      uses: patch.uses ?? row.uses,
      timeoutSeconds: patch.timeout_seconds === undefined ? row.timeoutSeconds : (patch.timeout_seconds ?? 600),
      retry: patch.retry === undefined ? row.retry : (patch.retry ?? RetryPolicy.parse({})),
      concurrencyKey: patch.concurrency_key === undefined ? row.concurrencyKey : patch.concurrency_key,
      enabled: patch.enabled ?? row.enabled,
      updatedAt: clock.now(),
      version: row.version + 1,
    };
    // Sealing was asynchronous: somebody may have changed the command meanwhile.
    checkVersion(require(id).version, row.version, undefined);
    store.save(next, by, 'command.updated');
    return view(next);
  }

  function setDeleted(row: CommandRow, deletedAt: number | null, by: string): CommandRow {
    const next = { ...row, deletedAt, updatedAt: clock.now(), version: row.version + 1 };
    store.save(next, by, deletedAt === null ? 'command.created' : 'command.deleted');
    return next;
  }

  const openDefaults = (row: CommandRow) => replaceSecrets(row.defaults, (id) => secrets.get(id));

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
    return {
      id: row.id,
      version: row.version,
      name: row.name,
      kind: row.kind,
      spec: row.spec,
      input_schema: row.inputSchema,
      defaults: await openDefaults(row),
      timeout_seconds: row.timeoutSeconds,
      retry: row.retry,
      concurrency_key: row.concurrencyKey,
      uses: row.uses,
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
        by: row.byName,
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
      for (const id of store.purge(before)) secrets.removeOwner(`command:${id}`);
    },
  };
}
/** Type of {@link createCommandService}. */
export type CommandService = ReturnType<typeof createCommandService>;

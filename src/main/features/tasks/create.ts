/** Makes tasks: the snapshot of what runs, with checked and sealed input. */
import type { CommandSpec } from '../../../contract/automation/commands.ts';
import { CommandKind, RetryPolicy } from '../../../contract/automation/commands.ts';
import type { Task, TaskCreate } from '../../../contract/automation/tasks.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { CommandId, Json, JsonObject, ProfileId } from '../../../contract/kernel/scalars.ts';
import { newId } from '../../core/ids.ts';
import type { Principal } from '../../core/operation/operation.ts';
import { MASK, replaceSecrets, sealLike, secretText, withoutReferences } from '../../core/secrets/secret-refs.ts';
import type { TaskDeps } from './deps.ts';
import { laneOf, rankOf } from './model/lanes.ts';
import type { TaskRow } from './schema.ts';
import type { NewTask } from './store/queue-store.ts';
import type { TaskStore } from './store/store.ts';

/** What runs, before it has an input. */
interface Source {
  command_id: CommandId | null;
  command_version: number | null;
  command_name: string;
  kind: CommandSpec['kind'];
  spec: CommandSpec;
  input_schema: JsonObject;
  timeout_seconds: number;
  retry: RetryPolicy;
  concurrency_key: string | null;
  needs_profile: boolean;
}

/** Inserts of one turn of the event loop. */
const INSERTS_PER_TURN = 100;
const INLINE_TIMEOUT_SECONDS = 600;

/** See {@link createMaker}. */
export interface Maker {
  /** @throws AppError `validation-error`, `forbidden`, `not-found`, `invalid-state`. @returns ids in the order of the profiles */
  create(input: TaskCreate, principal: Principal): Promise<{ ids: string[]; batchId: string | null }>;
  /**
   * A new task like another one: with `as_then` exactly its snapshot, else with the command and the profile as they are now.
   * @param input members that replace those of the old input; not with `as_then`
   */
  repeat(row: TaskRow, options: { input?: JsonObject | undefined; as_then: boolean }): Promise<string>;
  ownerOf(taskId: string): string;
}

function invalid(field: string, reason: string): AppError {
  return new AppError('validation-error', `Field '${field}': ${reason}`, {
    errors: { [field]: reason },
    extra: { field, reason },
  });
}

/** Creates the maker. */
export function createMaker(deps: TaskDeps, store: TaskStore): Maker {
  const { clock, inputs, secrets } = deps;
  const ownerOf = (taskId: string) => `task:${taskId}`;

  function inlineSource(input: TaskCreate, raw: JsonObject, principal: Principal): Source {
    if (principal.scope !== 'manage' && principal.scope !== 'admin') {
      throw new AppError('forbidden', 'Running a spec of your own needs a credential with scope manage.', {
        extra: { required_scope: 'manage', required_area: 'automation' },
      });
    }
    const kind = CommandKind.safeParse(raw.kind);
    if (!kind.success) throw invalid('spec.kind', 'must be browser, process or http');
    const spec = inputs.requireSpec(kind.data, raw);
    return {
      command_id: null,
      command_version: null,
      command_name: input.name ?? `Inline ${kind.data}`,
      kind: kind.data,
      spec,
      input_schema: input.input_schema ?? {},
      timeout_seconds: INLINE_TIMEOUT_SECONDS,
      retry: RetryPolicy.parse({}),
      concurrency_key: null,
      needs_profile: false,
    };
  }

  async function commandSource(
    id: CommandId,
    version: number | undefined,
  ): Promise<{ source: Source; defaults: JsonObject }> {
    const command = await deps.commands.snapshot(id, version);
    const { input_schema, timeout_seconds, retry, concurrency_key, kind, spec } = command;
    return {
      defaults: command.defaults,
      source: {
        command_id: command.id,
        command_version: command.version,
        command_name: command.name,
        kind,
        spec,
        input_schema,
        timeout_seconds,
        retry,
        concurrency_key,
        needs_profile: command.uses.profile,
      },
    };
  }

  /** A mask that comes back in place of a secret means the default. */
  const withoutMasks = (schema: JsonObject, input: JsonObject) =>
    inputs.mapSecrets(schema, withoutReferences(input), (value) => (value === MASK ? undefined : value));

  function requireInput(schema: JsonObject, input: JsonObject): void {
    const issues = inputs.validateInput(schema, input);
    const first = issues[0];
    if (!first) return;
    const pathOf = (path: string) => (path === '' ? 'input' : `input.${path}`);
    throw new AppError('validation-error', `Field '${pathOf(first.path)}': ${first.message}`, {
      errors: Object.fromEntries(issues.map((issue) => [pathOf(issue.path), issue.message])),
      extra: { field: pathOf(first.path), reason: first.message },
    });
  }

  const sealer = (taskId: string) => async (value: Json) =>
    value === null ? null : { $secret: await secrets.put(ownerOf(taskId), secretText(value)) };

  function rowOf(
    source: Source,
    id: string,
    sealed: JsonObject,
    profileId: ProfileId | null,
    options: {
      priority: number;
      runAt: number | null;
      timeout_seconds: number | undefined;
      max_attempts: number | undefined;
      labels: readonly string[];
      batch_id: string | null;
      retry_of: string | null;
    },
  ): NewTask {
    const now = clock.now();
    const scheduled = options.runAt !== null && options.runAt > now;
    const dueAt = scheduled && options.runAt !== null ? options.runAt : now;
    return {
      id,
      status: scheduled ? 'scheduled' : 'queued',
      priority: options.priority,
      kind: source.kind,
      command_id: source.command_id,
      command_version: source.command_version,
      command_name: source.command_name,
      spec: JSON.stringify(source.spec),
      input: JSON.stringify(sealed),
      profile_id: profileId,
      profile: profileId === null ? null : JSON.stringify(deps.profiles.snapshot(profileId)),
      batch_id: options.batch_id,
      retry_of: options.retry_of,
      labels: JSON.stringify(options.labels),
      concurrency_key: source.concurrency_key,
      timeout_seconds: options.timeout_seconds ?? source.timeout_seconds,
      retry: JSON.stringify(source.retry),
      max_attempts: options.max_attempts ?? source.retry.max + 1,
      due_at: dueAt,
      rank: rankOf(options.priority, dueAt),
    };
  }

  /** Inserts in several transactions, so that a large batch does not hold up the host. A failure takes its secrets along. */
  async function insertAll(rows: readonly NewTask[]): Promise<void> {
    for (let from = 0; from < rows.length; from += INSERTS_PER_TURN) {
      if (from > 0) await new Promise((resolve) => setImmediate(resolve));
      store.insert(rows.slice(from, from + INSERTS_PER_TURN));
    }
  }

  return {
    ownerOf,
    async create(input, principal) {
      if ((input.command_id === undefined) === (input.spec === undefined)) {
        throw invalid('command_id', 'give either command_id or spec');
      }
      if (input.profile_id !== undefined && input.profile_ids !== undefined) {
        throw invalid('profile_ids', 'give either profile_id or profile_ids');
      }
      const { source, defaults } =
        input.spec !== undefined
          ? { source: inlineSource(input, input.spec, principal), defaults: {} }
          : await commandSource(input.command_id as CommandId, input.command_version);
      const profileIds: (ProfileId | null)[] = input.profile_ids ?? [input.profile_id ?? null];
      if (source.needs_profile && profileIds[0] === null) throw invalid('profile_id', 'profile_id is required');
      const merged = inputs.mergeInput(defaults, await withoutMasks(source.input_schema, input.input));
      requireInput(source.input_schema, merged);

      const batchId = input.profile_ids === undefined ? null : newId('batch');
      const options = {
        priority: laneOf(input.priority),
        runAt: input.run_at === undefined ? null : Date.parse(input.run_at),
        timeout_seconds: input.timeout_seconds,
        max_attempts: input.max_attempts,
        labels: input.labels,
        batch_id: batchId,
        retry_of: null,
      };
      const ids = profileIds.map(() => newId('task'));
      try {
        const rows: NewTask[] = [];
        for (const [i, id] of ids.entries()) {
          const sealed = await inputs.mapSecrets(source.input_schema, merged, sealer(id));
          rows.push(rowOf(source, id, sealed, profileIds[i] ?? null, options));
        }
        await insertAll(rows);
      } catch (error) {
        for (const id of ids) if (store.status(id) === null) secrets.removeOwner(ownerOf(id));
        throw error;
      }
      return { ids, batchId };
    },

    async repeat(row, { input, as_then }) {
      if (as_then && input !== undefined) {
        throw invalid('input', 'cannot be changed when the task runs exactly as it did');
      }
      const id = newId('task');
      const stored = JSON.parse(row.input) as JsonObject;
      try {
        store.insert([as_then ? await sameRow(row, id, stored) : await freshRow(row, id, stored, input ?? {})]);
      } catch (error) {
        secrets.removeOwner(ownerOf(id));
        throw error;
      }
      return id;
    },
  };

  async function sameRow(row: TaskRow, id: string, stored: JsonObject): Promise<NewTask> {
    const copied = await replaceSecrets(stored, async (secret) => ({
      $secret: await secrets.copy(secret, ownerOf(id)),
    }));
    const now = clock.now();
    const { kind, command_id, command_version, command_name, spec, profile_id, profile, priority } = row;
    const { labels, concurrency_key, timeout_seconds, retry, max_attempts } = row;
    return {
      ...{ id, status: 'queued', kind, command_id, command_version, command_name, spec, profile_id, profile, priority },
      ...{ labels, concurrency_key, timeout_seconds, retry, max_attempts, batch_id: null, retry_of: row.id },
      input: JSON.stringify(copied),
      due_at: now,
      rank: rankOf(priority, now),
    };
  }

  async function freshRow(row: TaskRow, id: string, stored: JsonObject, changes: JsonObject): Promise<NewTask> {
    const open = await replaceSecrets(stored, (secret) => secrets.get(secret));
    const options = {
      priority: row.priority,
      runAt: null,
      timeout_seconds: row.command_id === null ? row.timeout_seconds : undefined,
      max_attempts: row.max_attempts,
      labels: JSON.parse(row.labels) as string[],
      batch_id: null,
      retry_of: row.id,
    };
    if (row.command_id === null) {
      const source: Source = {
        command_id: null,
        command_version: null,
        command_name: row.command_name,
        kind: row.kind as Task['kind'],
        spec: JSON.parse(row.spec) as CommandSpec,
        input_schema: {},
        timeout_seconds: row.timeout_seconds,
        retry: RetryPolicy.parse(JSON.parse(row.retry)),
        concurrency_key: row.concurrency_key,
        needs_profile: false,
      };
      const merged = inputs.mergeInput(open, withoutReferences(changes));
      const sealed = await sealLike(stored, merged, sealer(id));
      return rowOf(source, id, sealed, row.profile_id as ProfileId | null, options);
    }
    const { source } = await commandSource(row.command_id as CommandId, undefined);
    const merged = inputs.mergeInput(open, await withoutMasks(source.input_schema, changes));
    requireInput(source.input_schema, merged);
    const sealed = await inputs.mapSecrets(source.input_schema, merged, sealer(id));
    return rowOf(source, id, await sealLike(stored, sealed, sealer(id)), row.profile_id as ProfileId | null, options);
  }
}

/** Drafts of tasks that run again what an ended task ran. */
import { type CommandSpec, RetryPolicy } from '../../../contract/automation/commands.ts';
import type { Task } from '../../../contract/automation/tasks.ts';
import type { CommandId, JsonObject, ProfileId } from '../../../contract/kernel/scalars.ts';
import { parseStored } from '../../core/db/index.ts';
import { newId } from '../../core/ids.ts';
import { pick } from '../../core/operation/values.ts';
import { replaceSecrets } from '../../core/secrets/secret-refs.ts';
import type { SealedSecret } from '../../core/secrets/secrets.ts';
import type { RunSource } from '../commands/index.ts';
import type { TaskDeps } from './deps.ts';
import { columnsOf, type Draft, type Overrides, ownerOf, profileColumns } from './draft.ts';
import { SNAPSHOT_COLUMNS, type TaskRow } from './schema.ts';

/** A draft and the secrets of its input. */
export interface Again {
  draft: Draft;
  sealed: SealedSecret[];
}

/** The snapshot of the old task, with its secrets sealed anew for their new owner. */
export async function sameAgain({ secrets }: TaskDeps, row: TaskRow): Promise<Again> {
  const id = newId('task');
  const sealed: SealedSecret[] = [];
  const input = await replaceSecrets(parseStored<JsonObject>(row.input), async (reference) => {
    const secret = await secrets.seal(ownerOf(id), await secrets.get(reference));
    sealed.push(secret);
    return { $secret: secret.id };
  });
  const draft: Draft = {
    ...pick(row, SNAPSHOT_COLUMNS),
    ...{ id, input: JSON.stringify(input), batch_id: null, schedule_id: null, retry_of: row.id },
  };
  return { draft, sealed };
}

/**
 * The command and the profile as they are now, with the old input where `given` replaces nothing of it, and with the limits that the first
 * request set itself.
 */
export async function freshAgain({ commands, profiles }: TaskDeps, row: TaskRow, given: JsonObject): Promise<Again> {
  const source: RunSource =
    row.command_id === null
      ? { t: 'snapshot', snapshot: snapshotOf(row) }
      : { t: 'command', id: row.command_id as CommandId };
  const run = await commands.prepareRun(source, { given, earlier: parseStored<JsonObject>(row.input) });
  const id = newId('task');
  const { priority, labels } = row;
  const overrides = parseStored<Overrides>(row.overrides);
  const profile = profileColumns(run, profiles, overrides.proxy_id)(row.profile_id as ProfileId | null);
  const own = await run.seal(ownerOf(id));
  const draft: Draft = {
    ...columnsOf(run, { priority, labels, overrides }),
    ...profile,
    ...{ id, input: JSON.stringify(own.input), batch_id: null, schedule_id: null, retry_of: row.id },
  };
  return { draft, sealed: own.secrets };
}

/** What a task of an inline spec ran. */
function snapshotOf(row: TaskRow): Extract<RunSource, { t: 'snapshot' }>['snapshot'] {
  return {
    command_id: null,
    command_version: null,
    command_name: row.command_name,
    kind: row.kind as Task['kind'],
    spec: parseStored<CommandSpec>(row.spec),
    input_schema: parseStored<JsonObject>(row.input_schema),
    timeout_seconds: row.timeout_seconds,
    retry: RetryPolicy.parse(parseStored(row.retry)),
    concurrency_key: row.concurrency_key,
    needs_profile: false,
  };
}

/** What runs are made from. */
import type { CommandSpec, RetryPolicy } from '../../../contract/automation/commands.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { CommandId, JsonObject } from '../../../contract/kernel/scalars.ts';
import { notFound } from '../../core/operation/versioned.ts';
import { replaceSecrets } from '../../core/secrets/secret-refs.ts';
import type { Secrets } from '../../core/secrets/secrets.ts';
import type { CommandRow } from './schema.ts';
import type { CommandStore } from './store.ts';

/** What a task is made from. Secret defaults are open: keep it in memory only. */
export interface CommandSnapshot {
  id: CommandId;
  version: number;
  name: string;
  kind: CommandSpec['kind'];
  spec: CommandSpec;
  input_schema: JsonObject;
  defaults: JsonObject;
  timeout_seconds: number;
  retry: RetryPolicy;
  concurrency_key: string | null;
  uses: { profile: boolean; services: string[] };
}

export interface SnapshotDeps {
  store: Pick<CommandStore, 'version'>;
  secrets: Pick<Secrets, 'get'>;
  /** @throws AppError `not-found` */
  require(id: CommandId): CommandRow;
}

/**
 * Creates what takes the snapshot of a command, in its current version unless another is named.
 * @throws AppError `not-found`, or `invalid-state` when the command is switched off
 */
export function createSnapshot({ store, secrets, require }: SnapshotDeps) {
  return async (id: CommandId, version?: number): Promise<CommandSnapshot> => {
    const current = require(id);
    if (!current.enabled)
      throw new AppError('invalid-state', `The command ${current.name} is disabled; enable it first.`);
    const row = version === undefined ? current : store.version(id, version);
    if (!row) throw notFound('version', `${version} of ${id}`);
    const { kind, name, spec, input_schema, timeout_seconds, retry, concurrency_key, uses } = row;
    const snapshot = { id, version: row.version, kind, name, spec, input_schema, timeout_seconds, retry };
    const defaults = await replaceSecrets(row.defaults, (ref) => secrets.get(ref));
    return { ...snapshot, concurrency_key, uses, defaults };
  };
}

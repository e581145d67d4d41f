/** The members of a command that its author edits: each is a member of the wire, a column, and a line of the history. */
import { type Command, CommandCreate } from '../../../contract/automation/commands.ts';
import { LastTask as LastTaskSchema } from '../../../contract/automation/last-task.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { iso } from '../../core/clock.ts';
import { recordOrNull } from '../../core/db/index.ts';
import { masked } from '../../core/secrets/secret-refs.ts';
import type { CommandRow } from './schema.ts';
import type { LastTask } from './store.ts';

const EDITABLE = [
  'name',
  'description',
  'folder',
  'tags',
  'spec',
  'input_schema',
  'defaults',
  'uses',
  'timeout_seconds',
  'retry',
  'concurrency_key',
  'enabled',
] as const satisfies (keyof CommandRow & keyof CommandCreate)[];
type Editable = (typeof EDITABLE)[number];

/** Members that an update may change; null sets a member back to what a new command has. */
export type CommandPatch = Partial<{ [K in keyof CommandCreate]: CommandCreate[K] | null }>;

/** The editable members of a row or an input. */
export function editable<T extends Record<Editable, unknown>>(source: T): Pick<T, Editable> {
  return Object.fromEntries(EDITABLE.map((field) => [field, source[field]])) as Pick<T, Editable>;
}

/** The editable members after a patch; a member that no new command has by itself stays when the patch clears it. */
export function patched(row: CommandRow, patch: CommandPatch): Pick<CommandCreate, Editable> {
  const next = (field: Editable) => {
    const value = patch[field];
    if (value !== undefined && value !== null) return value;
    const fresh = value === null ? CommandCreate.shape[field].safeParse(undefined) : null;
    return fresh?.success ? fresh.data : row[field];
  };
  return Object.fromEntries(EDITABLE.map((field) => [field, next(field)])) as Pick<CommandCreate, Editable>;
}

/** What changed between two versions, secrets masked; nothing for the first version. */
export function diffOf(older: CommandRow | undefined, newer: CommandRow): { path: string; from: Json; to: Json }[] {
  if (!older) return [];
  return EDITABLE.filter((field) => JSON.stringify(older[field]) !== JSON.stringify(newer[field])).map((field) => ({
    path: field,
    from: masked((older[field] ?? null) as Json),
    to: masked((newer[field] ?? null) as Json),
  }));
}

/** A command as every answer has it. */
export function toCommand(row: CommandRow, last: LastTask | undefined): Command {
  return {
    ...editable(row),
    id: row.id,
    kind: row.kind,
    defaults: masked(row.defaults),
    example: row.example !== null,
    last_task: last
      ? recordOrNull(LastTaskSchema, () => ({ id: last.id, status: last.status, at: iso(last.at) }))
      : null,
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
    version: row.version,
  };
}

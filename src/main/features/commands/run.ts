/** From what is to run and with which input to what a task keeps: resolved, validated, its secrets sealed. */
import { COMMAND_KINDS, CommandKind, CommandSpec, RetryPolicy } from '../../../contract/automation/commands.ts';
import { invalidField } from '../../../contract/kernel/errors.ts';
import { isJsonObject } from '../../../contract/kernel/json.ts';
import type { CommandId, Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { replaceSecrets, sealLike, secretText, withoutReferences } from '../../core/secrets/secret-refs.ts';
import type { SealedSecret, Secrets } from '../../core/secrets/secrets.ts';
import type { Checks } from './compute/checks.ts';
import { mapPlaces, type Place } from './secrets/places.ts';
import type { CommandSnapshot } from './snapshot.ts';
import { requireSpec } from './spec.ts';

/** What runs, before it has an input. */
export interface RunSnapshot {
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

/** Where a run comes from: a command, a spec as a caller sent it, or what an earlier run kept. */
export type RunSource =
  | { t: 'command'; id: CommandId; version?: number | undefined }
  | { t: 'inline'; spec: JsonObject; name?: string | undefined; input_schema?: JsonObject | undefined }
  | { t: 'snapshot'; snapshot: RunSnapshot };

/** The input of a run. */
export interface RunInput {
  /**
   * As the caller sent it. A mask in place of a secret leaves the value that is below it; a null leaves out a member of an earlier input whose
   * schema knows no null.
   */
  given: JsonObject;
  /** Stored input of an earlier run that `given` changes; without it `given` changes the defaults of the command. */
  earlier?: JsonObject;
}

/** A run whose input is valid. The values of secrets are open in it: keep it in memory only. */
export interface PreparedRun extends RunSnapshot {
  /** The input as an owner stores it, and the secrets that have to be stored with it. */
  seal(owner: string): Promise<{ input: JsonObject; secrets: SealedSecret[] }>;
}

const INLINE_TIMEOUT_SECONDS = 600;

function inlineSnapshot(source: Extract<RunSource, { t: 'inline' }>): RunSnapshot {
  const kind = CommandKind.safeParse(source.spec.kind);
  if (!kind.success) {
    const reason = `must be ${new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(COMMAND_KINDS)}`;
    throw invalidField('spec.kind', reason);
  }
  const spec = requireSpec(kind.data, source.spec);
  return {
    command_id: null,
    command_version: null,
    command_name: source.name ?? `Inline ${kind.data}`,
    kind: kind.data,
    spec,
    input_schema: source.input_schema ?? {},
    timeout_seconds: INLINE_TIMEOUT_SECONDS,
    retry: RetryPolicy.parse({}),
    concurrency_key: null,
    needs_profile: false,
  };
}

function commandSnapshot(command: CommandSnapshot): RunSnapshot {
  const { id, version, name, defaults: _defaults, uses, ...rest } = command;
  return { ...rest, command_id: id, command_version: version, command_name: name, needs_profile: uses.profile };
}

/** Whether a member's schema says by its type alone that it is never null. */
function knowsNoNull(schema: JsonObject, name: string): boolean {
  const member = isJsonObject(schema.properties) ? schema.properties[name] : undefined;
  if (!isJsonObject(member) || member.type === undefined) return false;
  return ![member.type].flat().includes('null');
}

/** The earlier input and what is given, both without the members that the caller takes away. */
function withoutRemoved(schema: JsonObject, earlier: JsonObject, given: JsonObject): [JsonObject, JsonObject] {
  const removed = new Set(Object.keys(given).filter((name) => given[name] === null && knowsNoNull(schema, name)));
  const rest = (all: JsonObject) => Object.fromEntries(Object.entries(all).filter(([name]) => !removed.has(name)));
  return [rest(earlier), rest(given)];
}

/** @param snapshotOf what a task is made from a command with */
export function createPrepareRun(
  secrets: Pick<Secrets, 'get' | 'seal'>,
  checks: Checks,
  snapshotOf: (id: CommandId, version?: number) => Promise<CommandSnapshot>,
) {
  async function resolve(source: RunSource): Promise<{ snapshot: RunSnapshot; defaults: JsonObject }> {
    switch (source.t) {
      case 'command': {
        const command = await snapshotOf(source.id, source.version);
        return { snapshot: commandSnapshot(command), defaults: command.defaults };
      }
      case 'inline':
        return { snapshot: inlineSnapshot(source), defaults: {} };
      case 'snapshot':
        return { snapshot: source.snapshot, defaults: {} };
    }
  }

  /**
   * Prepares a run.
   * @throws AppError `not-found`, `invalid-state` when the command is switched off, `validation-error` for a wrong spec, schema or input
   */
  return async (source: RunSource, { given, earlier }: RunInput): Promise<PreparedRun> => {
    const { snapshot, defaults } = await resolve(source);
    const schema = snapshot.input_schema;
    const [kept, changed] = earlier === undefined ? [{}, given] : withoutRemoved(schema, earlier, given);
    const base = earlier === undefined ? defaults : await replaceSecrets(kept, (id) => secrets.get(id));
    const { input, secrets: places } = await checks.requireInput({
      ...{ schema, isNew: source.t === 'inline', spec: CommandSpec.parse(snapshot.spec) },
      ...{ base, given: withoutReferences(changed) },
    });
    const plain = earlier === undefined && places.length === 0;
    return {
      ...snapshot,
      async seal(owner) {
        if (plain) return { input, secrets: [] };
        const sealed: SealedSecret[] = [];
        const seal = async (value: Json, place: Place = []): Promise<Json> => {
          if (value === null) return null;
          const secret = await secrets.seal(owner, secretText(value, ['input', ...place].join('.')));
          sealed.push(secret);
          return { $secret: secret.id };
        };
        const marked = await mapPlaces(input, places, seal);
        // What was sealed stays sealed, even where the schema of today does not call it a secret.
        return { input: earlier === undefined ? marked : await sealLike(kept, marked, seal), secrets: sealed };
      },
    };
  };
}
export type PrepareRun = ReturnType<typeof createPrepareRun>;

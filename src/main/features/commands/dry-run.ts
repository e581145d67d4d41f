/** Dry runs: what a command would do with an input, secrets masked, without touching anything outside. */
import type { CommandSpec, DryRun } from '../../../contract/automation/commands.ts';
import { type EngineSpec, isEngineSpec } from '../../../contract/automation/kinds/index.ts';
import { invalidField } from '../../../contract/kernel/errors.ts';
import { MIN_SECRET_LENGTH } from '../../../contract/kernel/redact/forms.ts';
import type { CommandId, Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { masked } from '../../core/secrets/secret-refs.ts';
import type { Checks } from './compute/checks.ts';
import type { SpecIssue } from './kinds/index.ts';
import type { CommandRow } from './schema.ts';
import { maskPlaces, type Place, valueAt } from './secrets/places.ts';

/** What to resolve: a stored command, or a spec that is still being written (its members win). */
export interface DryRunRequest {
  id?: CommandId | undefined;
  spec?: JsonObject | undefined;
  kind?: CommandSpec['kind'] | undefined;
  input_schema?: JsonObject | undefined;
  defaults?: JsonObject | undefined;
  input: JsonObject;
  profile_id?: string | undefined;
}

/** What the engine says of a resolved spec without computing it; `shown` is shown beside the spec. */
export type CheckOnEngine = (spec: EngineSpec) => Promise<{ errors: SpecIssue[]; shown: JsonObject }>;

/** Facts that a resolved spec can name. */
export interface DryRunFacts {
  /** Name of a profile, null when there is none with this id. */
  profileName: (id: string) => string | null;
  nodePath: string | null;
  checkOnEngine: CheckOnEngine;
}

const refused = (errors: SpecIssue[]): DryRun => ({ valid: false, resolved: {}, warnings: [], errors, missing: [] });

/** Of what a dry run is given alone: what is stored is sealed, and its length told to nobody. */
const isTooShort = (value: Json | undefined) =>
  (typeof value === 'string' && value !== '' && value.length < MIN_SECRET_LENGTH) ||
  (typeof value === 'number' && String(value).length < MIN_SECRET_LENGTH);
const shortWarning = (place: Place) =>
  `input.${place.join('.')} has fewer than ${MIN_SECRET_LENGTH} characters: it is not redacted, neither from logs and answers nor from what a model gets.`;

/**
 * Resolves a command.
 * @param row the stored command, when one is named
 * @throws AppError `validation-error` when there is neither a command nor a spec
 */
export async function dryRun(
  request: DryRunRequest,
  row: CommandRow | undefined,
  { checks, ...facts }: DryRunFacts & { checks: Checks },
): Promise<DryRun> {
  const rawSpec = request.spec ?? row?.spec;
  if (rawSpec === undefined) {
    throw invalidField('spec', 'spec is required', { more: ' when no command is named' });
  }
  const kind = row?.kind ?? request.kind ?? (rawSpec.kind as CommandSpec['kind'] | undefined);
  if (kind === undefined) return refused([{ path: 'kind', message: 'kind is required' }]);
  const schema = request.input_schema ?? row?.input_schema ?? {};
  const base = masked(request.defaults ?? row?.defaults ?? {});
  const checked = await checks.input({ schema, isNew: true, spec: null, base, given: request.input });
  if (checked.problem !== null) return refused([{ path: 'input_schema', message: checked.problem }]);
  const errors: SpecIssue[] = checked.issues.map(({ path, message }) => ({
    path: path === '' ? 'input' : `input.${path}`,
    message,
  }));
  const { profile_id } = request;
  const name = profile_id === undefined ? null : facts.profileName(profile_id);
  if (profile_id !== undefined && name === null) errors.push({ path: 'profile_id', message: 'profile not found' });
  const preview = await checks.preview({
    ...{ schema, kind, spec: rawSpec as JsonObject, has_profile: profile_id !== undefined },
    variables: {
      input: maskPlaces(checked.input, checked.secrets),
      temp_dir: '…',
      profile: profile_id !== undefined && name !== null ? { id: profile_id, name } : null,
      task: { id: 'tsk_…', attempt: 1 },
      host: { platform: process.platform, ...(facts.nodePath === null ? {} : { node: facts.nodePath }) },
    },
  });
  const short = checked.secrets.filter((place) => isTooShort(valueAt(checked.input, place)));
  errors.push(...preview.errors);
  if (preview.spec === null) return refused(errors);
  const engine = isEngineSpec(preview.spec) ? await facts.checkOnEngine(preview.spec) : null;
  errors.push(...(engine?.errors ?? []));
  return {
    valid: errors.length === 0 && preview.missing.length === 0,
    resolved: { ...(preview.spec as unknown as JsonObject), ...preview.shown, ...engine?.shown },
    warnings: [...preview.warnings, ...short.map(shortWarning)],
    errors,
    missing: preview.missing,
  };
}

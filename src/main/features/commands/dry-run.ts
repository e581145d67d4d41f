/** Dry runs: what a command would do with an input, secrets masked, without touching anything outside. */
import type { CommandSpec, DryRun } from '../../../contract/automation/commands.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { CommandId, JsonObject } from '../../../contract/kernel/scalars.ts';
import { masked } from '../../core/secrets/secret-refs.ts';
import { byMask, bySchema, exposureErrors, exposureWarnings } from './exposed-secrets.ts';
import { mergeInput, schemaProblem, validateInput } from './input.ts';
import { previewOf, type SpecIssue } from './kinds/index.ts';
import type { CommandRow } from './schema.ts';
import { maskSecrets, type Place } from './secret-places.ts';
import { parseSpec, resolveSpec } from './spec.ts';

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

/** Facts that a resolved spec can name. */
export interface DryRunFacts {
  /** Name of a profile, null when there is none with this id. */
  profileName: (id: string) => string | null;
  nodePath: string | null;
}

const refused = (errors: SpecIssue[]): DryRun => ({ valid: false, resolved: {}, warnings: [], errors, missing: [] });

/** Fills in the variables. @returns the resolved spec, or what is wrong with it */
function resolve(spec: CommandSpec, variables: Parameters<typeof resolveSpec>[1]) {
  try {
    return { ...resolveSpec(spec, variables), errors: [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const errors = Object.entries(error.errors ?? { spec: error.message }).map(([path, message]) => ({
      path,
      message,
    }));
    return { spec, missing: [], errors };
  }
}

/**
 * Resolves a command.
 * @param row the stored command, when one is named
 * @throws AppError `validation-error` when there is neither a command nor a spec
 */
export function dryRun(request: DryRunRequest, row: CommandRow | undefined, facts: DryRunFacts): DryRun {
  const rawSpec = request.spec ?? row?.spec;
  if (rawSpec === undefined) {
    throw new AppError('validation-error', "Field 'spec': spec is required when no command is named", {
      errors: { spec: 'spec is required' },
      extra: { field: 'spec', reason: 'spec is required' },
    });
  }
  const kind = row?.kind ?? request.kind ?? (rawSpec.kind as CommandSpec['kind'] | undefined);
  if (kind === undefined) return refused([{ path: 'kind', message: 'kind is required' }]);
  const schema = request.input_schema ?? row?.input_schema ?? {};
  const schemaFault = schemaProblem(schema);
  if (schemaFault !== null) return refused([{ path: 'input_schema', message: schemaFault }]);

  const given = mergeInput(masked(request.defaults ?? row?.defaults ?? {}), request.input);
  const errors: SpecIssue[] = validateInput(schema, given).map(({ path, message }) => ({
    path: path === '' ? 'input' : `input.${path}`,
    message,
  }));
  const input = maskSecrets(schema, given);

  const parsed = parseSpec(kind, rawSpec as JsonObject);
  if ('issues' in parsed) return refused([...errors, ...parsed.issues]);
  const { profile_id } = request;
  const name = profile_id === undefined ? null : facts.profileName(profile_id);
  if (profile_id !== undefined && name === null)
    errors.push({ path: 'profile_id', message: 'there is no such profile' });
  const isSecret = (place: Place) => bySchema(schema)(place) || byMask(input)(place);
  const resolved = resolve(parsed.spec, {
    input,
    temp_dir: '…',
    profile: profile_id !== undefined && name !== null ? { id: profile_id, name } : null,
    task: { id: 'tsk_…', attempt: 1 },
    host: { platform: process.platform, ...(facts.nodePath === null ? {} : { node: facts.nodePath }) },
  });
  const preview = previewOf(kind, resolved.spec, { input, hasProfile: profile_id !== undefined });
  errors.push(...preview.errors, ...resolved.errors, ...exposureErrors(parsed.spec, isSecret));
  const spec = JSON.parse(JSON.stringify(resolved.spec)) as JsonObject;
  return {
    valid: errors.length === 0 && resolved.missing.length === 0,
    resolved: { ...spec, ...preview.shown },
    warnings: [...preview.warnings, ...exposureWarnings(parsed.spec, isSecret)],
    errors,
    missing: resolved.missing,
  };
}

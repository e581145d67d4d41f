/**
 * Secrets that a spec would show to others on the machine: the arguments of a program are in the process list, its environment is inherited by
 * whatever it starts. Looked at by name, not by value: a short secret may stand in a text by chance.
 */
import type { CommandSpec } from '../../../../contract/automation/commands.ts';
import { templateNames } from '../../../../contract/automation/template.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { MASK } from '../../../../contract/kernel/text/mask.ts';
import { secretIds } from '../../../core/secrets/secret-refs.ts';
import { exposedIn, filesIn, type SpecIssue } from '../kinds/index.ts';
import { mayBeSecret, type Place, valueAt } from './places.ts';

/** Whether what is at a place of the input is secret. */
type IsSecret = (place: Place) => boolean;

/** By the schema of the input: whatever an input could have there. */
export const bySchema =
  (schema: JsonObject): IsSecret =>
  (place) =>
    mayBeSecret(schema, place);

/** By a stored input: what is sealed in it, whatever the schema of today says. */
export const bySeal =
  (input: JsonObject): IsSecret =>
  (place) =>
    secretIds(valueAt(input, place) ?? null).length > 0;

/** By an input that is masked for an answer. */
export const byMask =
  (input: JsonObject): IsSecret =>
  (place) =>
    JSON.stringify(valueAt(input, place) ?? null).includes(MASK);

/** Place in the input that a placeholder names, as `resolveSpec` looks it up; null for a namespace of another kind. */
function placeOf(name: string, hasFiles: boolean): Place | null {
  const [first = '', ...rest] = name.split('.');
  if (first === 'input') return rest;
  const taken = first === 'profile' || first === 'task' || first === 'host' || (hasFiles && first === 'files');
  return taken ? null : [first, ...rest];
}

/** Tells the names of placeholders that are secret. */
function secretNames(spec: CommandSpec, isSecret: IsSecret): (name: string) => boolean {
  const hasFiles = filesIn(spec.kind, spec).length > 0;
  const known = new Map<string, boolean>();
  return (name) => {
    const place = placeOf(name, hasFiles);
    const secret = known.get(name) ?? (place !== null && isSecret(place));
    known.set(name, secret);
    return secret;
  };
}

/** Members of a spec that hold a placeholder of a secret, one or two levels deep: `url`, `headers.X-Token`, `body.json`. */
export function secretParts(spec: CommandSpec, isSecret: IsSecret): string[] {
  const namesSecret = secretNames(spec, isSecret);
  const parts = Object.entries(JSON.parse(JSON.stringify(spec)) as JsonObject).flatMap(
    ([name, value]): [string, Json][] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).map(([below, inner]) => [`${name}.${below}`, inner])
        : [[name, value]],
  );
  return parts.filter(([, value]) => templateNames(value).some(namesSecret)).map(([path]) => path);
}

function exposures(spec: CommandSpec, isSecret: IsSecret): { path: string; names: string }[] {
  const namesSecret = secretNames(spec, isSecret);
  return exposedIn(spec.kind, spec).parts.flatMap(({ path, text }) => {
    const found = templateNames(text).filter(namesSecret);
    return found.length === 0 ? [] : [{ path, names: found.map((name) => `{{${name}}}`).join(', ') }];
  });
}

const INSTEAD = 'put it into stdin or into files and use {{files.name}}';

/** What a spec may not expose; empty when it exposes nothing, or says that it may. */
export function exposureErrors(spec: CommandSpec, isSecret: IsSecret): SpecIssue[] {
  if (exposedIn(spec.kind, spec).allowed) return [];
  return exposures(spec, isSecret).map(({ path, names }) => ({
    path,
    message: `would show the secret ${names} to other programs on this machine: ${INSTEAD}, or set allow_secret_in_argv`,
  }));
}

/** What a spec exposes because it says that it may, in words for the operator. */
export function exposureWarnings(spec: CommandSpec, isSecret: IsSecret): string[] {
  if (!exposedIn(spec.kind, spec).allowed) return [];
  return exposures(spec, isSecret).map(
    ({ path, names }) =>
      `Other programs on this machine can read the secret ${names} in ${path} while the program runs. To keep it private, ${INSTEAD}.`,
  );
}

/** @throws AppError `validation-error` naming each part of the spec that would expose a secret */
export function requireNoExposure(spec: CommandSpec, isSecret: IsSecret): void {
  const issues = exposureErrors(spec, isSecret);
  const first = issues[0];
  if (first === undefined) return;
  throw new AppError('validation-error', `Field '${first.path}': ${first.message}.`, {
    errors: Object.fromEntries(issues.map(({ path, message }) => [path, message])),
    extra: { field: first.path, reason: first.message },
  });
}

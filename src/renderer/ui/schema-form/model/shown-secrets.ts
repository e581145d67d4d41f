/** A form's value as JSON that may be looked at: typed secrets are masked, and are back where their mask was left alone. */
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { MASK } from '../../../../contract/kernel/text/mask.ts';
import type { Field } from './field.ts';
import { holdsSecret } from './values.ts';

/** The value with a mask for each secret in it. */
export const maskSecrets = (fields: readonly Field[], value: JsonObject): JsonObject =>
  withMembers(fields, value, (field, member) => maskOf(field, member));

function maskOf(field: Field, value: Json): Json {
  if (!holdsSecret(field)) return value;
  if (field.kind === 'secret') return value === '' || value === null ? value : MASK;
  const { item } = field;
  if (Array.isArray(value) && item !== null) return value.map((each) => maskOf(item, each));
  return isJsonObject(value) ? maskSecrets(field.fields, value) : value;
}

/**
 * What was edited, with the secrets of `now` in place of their masks. An item of a list gets those of the item at its place only when nothing else
 * of it has changed: a secret must not go to another row.
 */
export const unmaskSecrets = (fields: readonly Field[], edited: JsonObject, now: JsonObject): JsonObject =>
  withMembers(fields, edited, (field, member) => unmasked(field, member, now[field.name]));

function unmasked(field: Field, edited: Json, now: Json | undefined): Json {
  if (!holdsSecret(field) || now === undefined) return edited;
  if (field.kind === 'secret') return edited === MASK ? now : edited;
  const { item } = field;
  if (Array.isArray(edited) && Array.isArray(now) && item !== null)
    return edited.map((each, place) => {
      const before = now[place];
      return before !== undefined && isSame(maskOf(item, before), each) ? before : each;
    });
  return isJsonObject(edited) && isJsonObject(now) ? unmaskSecrets(field.fields, edited, now) : edited;
}

const isSame = (a: Json, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The object with each member that a field is of replaced. */
function withMembers(
  fields: readonly Field[],
  value: JsonObject,
  replace: (field: Field, member: Json) => Json,
): JsonObject {
  const known = new Map(fields.map((field) => [field.name, field]));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const field = known.get(name);
      return [name, field === undefined ? member : replace(field, member)];
    }),
  );
}

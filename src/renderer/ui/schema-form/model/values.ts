/** Values of a form: what it starts with, what is sent, and whether a control can hold what is there. */
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { Field } from './field.ts';

/** The object with one member changed; every other one stays, also those that the form does not know. */
export const withMember = (value: JsonObject, name: string, next: Json): JsonObject => ({ ...value, [name]: next });

/** Whether the field's control shows this value as it is; anything else is edited as JSON. An empty text stands for no value. */
export function fits(field: Field, value: Json | undefined): boolean {
  if (value === undefined || (value === null && field.nullable)) return true;
  switch (field.kind) {
    case 'text':
    case 'long':
    case 'secret':
    case 'file':
    case 'date':
    case 'date-time':
    case 'time':
      return typeof value === 'string';
    case 'number':
    case 'integer':
      // What is typed stays a text until it is a number.
      return typeof value === 'number' || typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'choice':
      return value === null || typeof value !== 'object';
    case 'choices':
      return (
        Array.isArray(value) &&
        value.every(isScalar) &&
        new Set(value.map((item) => JSON.stringify(item))).size === value.length
      );
    case 'tags':
      return (
        Array.isArray(value) && value.every((each) => isScalar(each) && field.item !== null && fits(field.item, each))
      );
    case 'rows':
      return Array.isArray(value);
    case 'group':
      return isJsonObject(value);
    case 'json':
      return false;
  }
}

const isScalar = (value: Json): boolean => value !== null && typeof value !== 'object';

/** What a form starts with. A secret default is masked in every answer and must not be sent back. */
export function initialInput(fields: readonly Field[]): JsonObject {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = initialOf(field);
      return value === undefined ? [] : [[field.name, value]];
    }),
  );
}

/** What a field starts with. */
export function initialOf(field: Field): Json | undefined {
  const { kind, initial, required, fields } = field;
  if (holdsSecret(field)) {
    if (kind !== 'group') return undefined;
    const known = new Set(fields.map(({ name }) => name));
    const others = isJsonObject(initial) ? Object.entries(initial).filter(([name]) => !known.has(name)) : [];
    const members = { ...Object.fromEntries(others), ...initialInput(fields) };
    return Object.keys(members).length === 0 ? undefined : members;
  }
  if (initial !== undefined)
    return kind === 'group' && isJsonObject(initial) ? { ...initialInput(fields), ...initial } : initial;
  // A switch shows that it is off; then it is.
  if (kind === 'boolean') return required ? false : undefined;
  if (kind !== 'group') return undefined;
  const members = initialInput(fields);
  return Object.keys(members).length === 0 ? undefined : members;
}

/** Whether a field is a secret, or has one in it. */
export const holdsSecret = ({ kind, fields, item }: Field): boolean =>
  kind === 'secret' || fields.some(holdsSecret) || (item !== null && holdsSecret(item));

/** A value that was typed and taken back. */
export const isEmptied = ({ kind, choices }: Field, value: Json): boolean =>
  value === '' && kind !== 'long' && !choices.some((choice) => choice.value === '');

/** The input without what was left empty, so that defaults apply. */
export function cleanInput(fields: readonly Field[], input: JsonObject): JsonObject {
  const known = new Map(fields.map((field) => [field.name, field]));
  return Object.fromEntries(
    Object.entries(input).flatMap(([name, value]): [string, Json][] => {
      const field = known.get(name);
      if (field === undefined) return [[name, value]];
      const cleaned = cleanValue(field, value);
      return cleaned === undefined ? [] : [[name, cleaned]];
    }),
  );
}

function cleanValue(field: Field, value: Json): Json | undefined {
  if (isEmptied(field, value)) return field.nullable && field.required ? null : undefined;
  if (field.kind === 'group' && isJsonObject(value)) {
    const cleaned = cleanInput(field.fields, value);
    const isGone = Object.keys(cleaned).length === 0 && Object.keys(value).length > 0;
    return isGone && !field.required ? undefined : cleaned;
  }
  const { item } = field;
  if (field.kind === 'rows' && item !== null && Array.isArray(value))
    // A row is never left out: those after it would move, and the host's messages name rows by their place.
    return value.map((each) => {
      const cleaned = cleanValue(item, each);
      return cleaned === undefined ? each : cleaned;
    });
  return value;
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** The number that a text is, or the text itself when it is none, or none that can be held exactly. */
export function numberOf(text: string): number | string {
  const trimmed = text.trim();
  if (!NUMBER.test(trimmed)) return text;
  const number = Number(trimmed);
  if (!Number.isFinite(number)) return text;
  // More digits than it can hold would be shown as others.
  const isExact =
    Number.isSafeInteger(number) || !/^[+-]?\d+$/.test(trimmed) || String(number) === trimmed.replace(/^\+/, '');
  return isExact ? number : text;
}

/** JSON Schema (2020-12) as the fields of a form. Whatever a schema holds, there is a field for each property. */

import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { Titles } from '../../../../contract/kernel/text/field-words.ts';
import { below, type Choice, type Field, type FieldKind } from './field.ts';

/** Objects and lists inside of each other that are drawn; what lies deeper is edited as JSON. */
const MAX_DEPTH = 4;
/** References that are followed for one value. */
const MAX_REFERENCES = 8;
/** Members of an object inside of another that are drawn, and of all such objects; one with more is edited as JSON. */
const MAX_MEMBERS = 100;
const MAX_INNER = 500;
/** Characters beyond which a text has several lines. */
const LONG = 300;

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const isScalar = (value: Json | undefined): boolean =>
  value !== undefined && (value === null || typeof value !== 'object');

/** The schema that a local reference such as `#/$defs/address` leads to, with what stands beside the reference; {} for another one. */
function resolved(given: Json | undefined, root: JsonObject): JsonObject {
  let schema = isJsonObject(given) ? given : {};
  for (let followed = 0; typeof schema.$ref === 'string'; followed += 1) {
    const { $ref, ...beside } = schema;
    if (followed === MAX_REFERENCES || !/^#(?:\/|$)/.test($ref)) return {};
    const target = $ref
      .split('/')
      .slice(1)
      .reduce<Json | undefined>((at, part) => {
        const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
        return isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
      }, root);
    if (!isJsonObject(target)) return {};
    schema = { ...target, ...beside };
  }
  return schema;
}

/** The schema without `null`, which stands beside it in `type` or in `anyOf`. */
function withoutNull(schema: JsonObject, root: JsonObject): { schema: JsonObject; nullable: boolean } {
  const { type, anyOf, ...rest } = schema;
  if (Array.isArray(type) && type.length === 2 && type.includes('null')) {
    return { schema: { ...schema, type: type.find((name) => name !== 'null') ?? 'null' }, nullable: true };
  }
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return { schema, nullable: false };
  const options = anyOf.map((option) => resolved(option, root));
  const value = options.find((option) => option.type !== 'null');
  if (value === undefined || options.every((option) => option.type !== 'null')) return { schema, nullable: false };
  return { schema: { ...value, ...rest }, nullable: true };
}

/** What can be chosen of `enum`, or of `oneOf` and `anyOf` with one constant each; null when it is no choice. */
function choicesOf(schema: JsonObject): Choice[] | null {
  if (Array.isArray(schema.enum) && schema.enum.length > 0) {
    return schema.enum.every(isScalar) ? schema.enum.map((value) => ({ label: String(value), value })) : null;
  }
  if (isScalar(schema.const)) return [{ label: String(schema.const), value: schema.const ?? null }];
  const options = Array.isArray(schema.oneOf) ? schema.oneOf : schema.anyOf;
  if (!Array.isArray(options) || options.length === 0) return null;
  const choices = options.map((option) =>
    isJsonObject(option) && isScalar(option.const)
      ? { label: text(option.title) ?? String(option.const), value: option.const ?? null }
      : null,
  );
  return choices.every((choice) => choice !== null) ? choices : null;
}

/** How a text, a number or a switch is drawn; null for another type. */
function scalarKind({ type, format, writeOnly, maxLength }: JsonObject): FieldKind | null {
  switch (type) {
    case 'string':
      if (format === 'password' || writeOnly === true) return 'secret';
      if (format === 'file') return 'file';
      if (format === 'date' || format === 'date-time' || format === 'time') return format;
      return typeof maxLength === 'number' && maxLength > LONG ? 'long' : 'text';
    case 'integer':
    case 'number':
    case 'boolean':
      return type;
    default:
      return null;
  }
}

/** Kind of a list by what its items are. */
function listKind(item: Field | null): FieldKind {
  switch (item?.kind) {
    case undefined:
    case 'json':
      return 'json';
    case 'choice':
      return 'choices';
    case 'text':
    case 'number':
    case 'integer':
      return item.nullable ? 'rows' : 'tags';
    default:
      return 'rows';
  }
}

interface Place {
  root: JsonObject;
  depth: number;
  /** Members of inner objects that can still be drawn: references make a short schema a form without end. */
  left: { members: number };
}

/** The field of one schema. */
function fieldOf(
  name: string,
  raw: Json | undefined,
  required: boolean,
  initial: Json | undefined,
  place: Place,
): Field {
  const { schema, nullable } = withoutNull(resolved(raw, place.root), place.root);
  const field: Field = {
    name,
    kind: 'json',
    title: text(schema.title) ?? name,
    description: text(schema.description),
    required,
    nullable,
    initial: initial ?? schema.default,
    choices: [],
    fields: [],
    item: null,
    schema,
  };
  const isSecret = schema.format === 'password' || schema.writeOnly === true;
  const choices = isSecret ? null : choicesOf(schema);
  if (choices !== null) return { ...field, kind: 'choice', choices };
  const scalar = scalarKind(schema);
  if (scalar !== null) return { ...field, kind: scalar };
  if (place.depth >= MAX_DEPTH || isSecret) return field;
  if (schema.type === 'array' && isJsonObject(schema.items) && schema.prefixItems === undefined) {
    const item = fieldOf('', schema.items, true, undefined, { ...place, depth: place.depth + 1 });
    const kind = listKind(item);
    return kind === 'choices' ? { ...field, kind, item, choices: item.choices } : { ...field, kind, item };
  }
  if (schema.type !== 'object' || !isJsonObject(schema.properties)) return field;
  const { length } = Object.keys(schema.properties);
  if (length > MAX_MEMBERS || length > place.left.members) return field;
  place.left.members -= length;
  const fields = membersOf(schema, isJsonObject(field.initial) ? field.initial : {}, {
    ...place,
    depth: place.depth + 1,
  });
  return fields.length === 0 ? field : { ...field, kind: 'group', fields };
}

function membersOf(schema: JsonObject, initial: JsonObject, place: Place): Field[] {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([name, property]) =>
    fieldOf(name, property, required.includes(name), Object.hasOwn(initial, name) ? initial[name] : undefined, place),
  );
}

/** Fields in the order of the schema; `initial` goes before the defaults of the schema. */
export function fieldsOf(schema: JsonObject, initial: JsonObject = {}): Field[] {
  return membersOf(resolved(schema, schema), initial, { root: schema, depth: 0, left: { members: MAX_INNER } });
}

/** Labels of the fields, and of those in groups, by the path that errors name them by. */
export const titlesOf = (fields: readonly Field[], at: string): Titles =>
  Object.fromEntries(
    fields.flatMap(({ name, title, fields: inner }) => [
      [below(at, name), title],
      ...Object.entries(titlesOf(inner, below(at, name))),
    ]),
  );

/** Types of JSON Schema, and the keywords that apply to each. */
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { isObject } from './merge.ts';
import { inside, type Place, refuse } from './place.ts';

const TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
export type Type = (typeof TYPES)[number];

/** Keywords that apply to values of a type. */
export const KEYWORDS: Readonly<Record<Type, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems'],
  string: ['pattern', 'minLength', 'maxLength', 'format'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  boolean: [],
  null: [],
};

/** Types that a schema without enum, const and branches accepts. */
export function typesOf(schema: JsonObject, place: Place): Type[] {
  const { type } = schema;
  if (type === undefined) {
    // Strictly, keywords of one type do not restrict the others; a schema that has them without `type` means that type alone.
    const meant = TYPES.filter((one) => KEYWORDS[one].some((keyword) => schema[keyword] !== undefined));
    if (meant.length === 0) return ['object', 'array', 'string', 'number', 'boolean', 'null'];
    return meant.includes('number') ? ['number'] : meant;
  }
  const list = Array.isArray(type) ? type : [type];
  const unknown = list.find((one) => !TYPES.includes(one as Type));
  if (unknown !== undefined || list.length === 0) refuse(inside(place, 'type'), 'it names no type');
  // `number` includes `integer`.
  return (list as Type[]).filter((one) => one !== 'integer' || !list.includes('number'));
}

export function isOf(type: Type, value: Json): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

/** Whether the schemas exclude each other: by type, or by a required property with a different constant in each (a discriminator). */
export function areApart(schemas: readonly JsonObject[]): boolean {
  const kinds = schemas.map(({ type }) => (type === 'integer' ? 'number' : type));
  if (kinds.every((kind) => typeof kind === 'string') && new Set(kinds).size === kinds.length) return true;
  const marks = schemas.map((schema) => {
    const required = Array.isArray(schema.required) ? schema.required : [];
    const properties = isObject(schema.properties) ? schema.properties : {};
    return new Map(
      Object.entries(properties).flatMap(([name, member]) =>
        isObject(member) && required.includes(name) && member.const !== undefined && schema.type === 'object'
          ? [[name, JSON.stringify(member.const)] as const]
          : [],
      ),
    );
  });
  return [...(marks[0]?.keys() ?? [])].some(
    (name) =>
      new Set(marks.map((mark) => mark.get(name))).size === schemas.length && marks.every((mark) => mark.has(name)),
  );
}

/**
 * Which values of an input may go to the browser's storage: those of which its schema says that they are no secret. What it says in a
 * way that cannot be followed here stays in memory.
 */
import { isJsonObject } from '../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';

/** Whether a schema marks a secret; also while the word is being typed. */
export const isMark = ({ format, writeOnly }: JsonObject): boolean =>
  writeOnly === true || (typeof format === 'string' && format.length > 2 && 'password'.startsWith(format));

/** Keywords of a property that say nothing of other values. */
const PLAIN = new Set(
  'type title description format default minLength maxLength pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf enum const examples deprecated readOnly writeOnly'.split(
    ' ',
  ),
);
/** Keywords of a list and of an object beside those; what they say of their items and members is read too. */
const LIST = new Set([...PLAIN, 'items', 'minItems', 'maxItems', 'uniqueItems']);
const GROUP = new Set([...PLAIN, 'properties', 'required']);
/** Keywords of a whole schema that describe no further members. */
const ROOT = new Set('$schema $comment type title description properties required examples'.split(' '));
const SCALARS = new Set<Json>(['string', 'number', 'integer', 'boolean']);
/** Lists and objects inside of each other that are followed. */
const MAX_DEPTH = 6;

const onlyHas = (schema: JsonObject, known: ReadonlySet<string>): boolean =>
  Object.keys(schema).every((key) => known.has(key));

/** Whether a schema describes values without any secret, all of them. */
function isOpen(schema: Json | undefined, depth = 0): schema is JsonObject {
  if (!isJsonObject(schema) || isMark(schema) || depth > MAX_DEPTH) return false;
  if (SCALARS.has(schema.type ?? null)) return onlyHas(schema, PLAIN);
  if (schema.type === 'array') return onlyHas(schema, LIST) && isOpen(schema.items, depth + 1);
  if (schema.type !== 'object' || !isJsonObject(schema.properties)) return false;
  return onlyHas(schema, GROUP) && Object.values(schema.properties).every((property) => isOpen(property, depth + 1));
}

/** Whether an open schema describes the whole of a value: a member that it does not name could be anything. */
function describes(schema: Json | undefined, value: Json): boolean {
  if (!isJsonObject(schema)) return false;
  if (Array.isArray(value)) return schema.type === 'array' && value.every((item) => describes(schema.items, item));
  if (!isJsonObject(value)) return true;
  const { properties } = schema;
  return (
    schema.type === 'object' &&
    isJsonObject(properties) &&
    Object.entries(value).every(
      ([name, member]) => Object.hasOwn(properties, name) && describes(properties[name], member),
    )
  );
}

/** Whether a secret is marked anywhere in a schema. */
export function marksSecret(schema: Json): boolean {
  if (Array.isArray(schema)) return schema.some(marksSecret);
  return isJsonObject(schema) && (isMark(schema) || Object.values(schema).some(marksSecret));
}

/** What the schema of an input says of its members. */
export interface Reading {
  /** Members without a secret, by name. */
  open: ReadonlyMap<string, JsonObject>;
  /** Members that are a secret, or have one in them. */
  secret: readonly string[];
  /** Each member is open or one secret value, and there are no others. */
  isWhole: boolean;
}

/** Reads the schema of an input. */
export function readSecrets(schema: JsonObject): Reading {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const others = Object.keys(schema).filter((key) => !ROOT.has(key) && schema[key] !== false);
  const open = new Map<string, JsonObject>();
  const secret: string[] = [];
  for (const [name, property] of Object.entries(properties)) {
    if (marksSecret(property)) secret.push(name);
    else if (isOpen(property)) open.set(name, property);
  }
  const marked = Object.values(properties).filter((property) => isJsonObject(property) && isMark(property));
  const isWhole = others.length === 0 && open.size + marked.length === Object.keys(properties).length;
  return { open: others.length === 0 ? open : new Map(), secret, isWhole };
}

/** Those members of an input that may be stored. `hidden` names members that were secret before. */
export function openValues({ open }: Reading, input: Json | undefined, hidden: readonly string[] = []): JsonObject {
  if (!isJsonObject(input)) return {};
  return Object.fromEntries(
    Object.entries(input).filter(([name, value]) => !hidden.includes(name) && describes(open.get(name), value)),
  );
}

/**
 * What of a command's draft may go to the browser's storage: nothing that its input schema calls secret, has called secret since the
 * draft was begun, or could call secret in a way that cannot be followed here.
 */
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { type DraftEntry, useDrafts } from '../../lib/drafts/drafts.ts';

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Also while the word is being typed. */
const isMark = ({ format, writeOnly }: JsonObject): boolean =>
  writeOnly === true || (typeof format === 'string' && format.length > 2 && 'password'.startsWith(format));

/** Keywords of a property that say nothing of other values. */
const PLAIN = new Set(
  'type title description format default minLength maxLength pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf enum const examples deprecated readOnly writeOnly'.split(
    ' ',
  ),
);
/** Keywords of a whole schema that describe no further members. */
const ROOT = new Set('$schema $comment type title description properties required examples'.split(' '));
const SCALARS = new Set<Json>(['string', 'number', 'integer', 'boolean']);

interface Reading {
  /** Members that hold one plain value that is no secret. */
  open: ReadonlySet<string>;
  secret: readonly string[];
  /** Each member is one of the two. */
  isFlat: boolean;
}

function read(schema: JsonObject): Reading {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const others = Object.keys(schema).filter((key) => !ROOT.has(key) && schema[key] !== false);
  const open = new Set<string>();
  const secret: string[] = [];
  for (const [name, property] of Object.entries(properties)) {
    if (isObject(property) && isMark(property)) secret.push(name);
    else if (
      isObject(property) &&
      SCALARS.has(property.type ?? null) &&
      Object.keys(property).every((key) => PLAIN.has(key))
    )
      open.add(name);
  }
  const isFlat = others.length === 0 && open.size + secret.length === Object.keys(properties).length;
  return { open: others.length === 0 ? open : new Set(), secret, isFlat };
}

/** Whether anything in a value is marked, or reads as if it could be. */
const mentionsSecret = (value: Json): boolean => /pass|writeOnly/i.test(JSON.stringify(value));

/** A schema without values of its own where one could be a secret. */
function withoutValues(value: Json, all: boolean): Json {
  if (Array.isArray(value)) return value.map((item) => withoutValues(item, all));
  if (!isObject(value)) return value;
  const bare = all || isMark(value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !(bare && ['default', 'examples', 'const', 'enum'].includes(key)))
      .map(([key, below]) => [key, withoutValues(below, all)]),
  );
}

/** The entry for the storage. */
function forStorage(entry: DraftEntry, schema: JsonObject): DraftEntry {
  // While its text does not parse, the schema is not known.
  const isKnown = entry.texts.input_schema === undefined;
  const { open, isFlat } = isKnown ? read(schema) : { open: new Set<string>(), isFlat: false };
  const shown = (name: string) => open.has(name) && !entry.hidden.includes(name);
  const values = (value: Json | undefined): JsonObject =>
    isObject(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => shown(name))) : {};
  const members = (given: JsonObject): JsonObject => {
    const kept = { ...given };
    if ('defaults' in kept) kept.defaults = values(kept.defaults);
    if (isObject(kept.input_schema)) {
      const isDoubtful = !read(kept.input_schema).isFlat && mentionsSecret(kept.input_schema);
      kept.input_schema = withoutValues(kept.input_schema, isDoubtful);
    }
    return kept;
  };
  // Defaults of which a part is missing would be saved without it: then the edit is kept in memory only.
  const isPartial = ({ defaults }: JsonObject) =>
    isObject(defaults) && Object.keys(defaults).length > Object.keys(values(defaults)).length;
  const drop = [entry.edits, entry.base].some(isPartial) ? ['defaults'] : [];
  const without = (given: JsonObject) =>
    Object.fromEntries(Object.entries(members(given)).filter(([name]) => !drop.includes(name)));
  const isOpen = isFlat && open.size > 0 && [...open].every(shown) && read(schema).secret.length === 0;
  const texts = Object.entries(entry.texts).filter(([name, text]) =>
    name.startsWith('spec') ? true : name === 'input_schema' ? !mentionsSecret(text) : isOpen,
  );
  return {
    ...entry,
    edits: without(entry.edits),
    base: without(entry.base),
    input: entry.input === null ? null : values(entry.input),
    texts: Object.fromEntries(texts),
  };
}

/** Keeps a draft, by the input schema that it has now. What was secret once stays so for this draft. */
export function keepDraft(key: string, entry: DraftEntry, schema: JsonObject): void {
  const hidden = [...new Set([...entry.hidden, ...read(schema).secret])];
  const next = { ...entry, hidden };
  useDrafts.getState().put(key, next, forStorage(next, schema));
}

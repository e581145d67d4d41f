/**
 * What of a command's draft may go to the browser's storage: nothing that its input schema calls secret, has called secret since the
 * draft was begun, or could call secret in a way that cannot be followed here.
 */
import { isJsonObject } from '../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { type DraftEntry, useDrafts } from '../../lib/drafts/drafts.ts';
import { isOpenSchemaText, isOpenText, marksNone } from '../../lib/drafts/open-texts.ts';
import { isMark, openValues, type Reading, readSecrets } from '../../lib/drafts/open-values.ts';

/** Whether anything in a value is marked, or reads as if it could be. */
const mentionsSecret = (value: Json): boolean => /pass|writeOnly/i.test(JSON.stringify(value));

/** A schema without values of its own where one could be a secret. */
function withoutValues(value: Json, all: boolean): Json {
  if (Array.isArray(value)) return value.map((item) => withoutValues(item, all));
  if (!isJsonObject(value)) return value;
  const bare = all || isMark(value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !(bare && ['default', 'examples', 'const', 'enum'].includes(key)))
      .map(([key, below]) => [key, withoutValues(below, all)]),
  );
}

const UNKNOWN: Reading = { open: new Map(), secret: [], isWhole: false };

/** The entry for the storage. */
function forStorage(entry: DraftEntry, schema: JsonObject): DraftEntry {
  // While its text does not parse, the schema is not known.
  const isKnown = entry.texts.input_schema === undefined;
  const reading = isKnown ? readSecrets(schema) : UNKNOWN;
  const values = (value: Json | undefined): JsonObject => openValues(reading, value, entry.hidden);
  const members = (given: JsonObject): JsonObject => {
    const kept = { ...given };
    if ('defaults' in kept) kept.defaults = values(kept.defaults);
    if (isJsonObject(kept.input_schema)) {
      const isDoubtful = !readSecrets(kept.input_schema).isWhole && mentionsSecret(kept.input_schema);
      kept.input_schema = withoutValues(kept.input_schema, isDoubtful);
    }
    return kept;
  };
  // Defaults of which a part is missing would be saved without it: then the edit is kept in memory only.
  const isPartial = ({ defaults }: JsonObject) =>
    isJsonObject(defaults) && Object.keys(defaults).length > Object.keys(values(defaults)).length;
  const drop = [entry.edits, entry.base].some(isPartial) ? ['defaults'] : [];
  const without = (given: JsonObject) =>
    Object.fromEntries(Object.entries(members(given)).filter(([name]) => !drop.includes(name)));
  const { open, secret, isWhole } = reading;
  const isOpen = isWhole && open.size > 0 && secret.length === 0 && !entry.hidden.some((name) => open.has(name));
  const isPlain = entry.hidden.length === 0 && marksNone(schema, entry.texts.input_schema);
  const texts = Object.entries(entry.texts).filter(([name, text]) => {
    if (name.startsWith('spec')) return true;
    if (name === 'input_schema') return isOpenSchemaText(text);
    return isOpen || (isPlain && isOpenText(text));
  });
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
  const hidden = [...new Set([...entry.hidden, ...readSecrets(schema).secret])];
  const next = { ...entry, hidden };
  useDrafts.getState().put(key, next, forStorage(next, schema));
}

/** Edits of a thing that others may change meanwhile: a three-way merge by member. */
import { isJsonObject, sameJson } from '../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import type { DraftEntry } from './drafts.ts';

/** A thing as it is stored. */
export interface Stored {
  version: number;
  members: JsonObject;
}

/** Names of the edits that are not saved. */
export const pendingEdits = ({ edits, base }: DraftEntry): string[] =>
  Object.keys(edits).filter((name) => !sameJson(edits[name], base[name]));

/**
 * What two made of one value, when both changes can stand: one of both has left it alone, or they have changed different members of it.
 * @returns null for a conflict
 */
export function mergedValue(
  base: Json | undefined,
  mine: Json | undefined,
  theirs: Json | undefined,
): { value: Json | undefined } | null {
  if (sameJson(mine, theirs) || sameJson(theirs, base)) return { value: mine };
  if (sameJson(mine, base)) return { value: theirs };
  if (!isJsonObject(base) || !isJsonObject(mine) || !isJsonObject(theirs)) return null;
  const members: JsonObject = {};
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const member = mergedValue(base[name], mine[name], theirs[name]);
    if (member === null) return null;
    if (member.value !== undefined) members[name] = member.value;
  }
  return { value: members };
}

/** Names of the edits whose member somebody else has changed since, so that not both changes can stand. */
export function conflictsOf(entry: DraftEntry, { version, members }: Stored): string[] {
  if (entry.version === null || version <= entry.version) return [];
  return pendingEdits(entry).filter((name) => mergedValue(entry.base[name], entry.edits[name], members[name]) === null);
}

/** The entry with some members changed; one that is as it is stored is no edit. */
export function edited(entry: DraftEntry, stored: Stored | null, patch: JsonObject): DraftEntry {
  const edits = { ...entry.edits };
  const base = { ...entry.base };
  for (const [name, value] of Object.entries(patch)) {
    // What is under an edit stays what it was begun on, or a change made elsewhere would be overwritten unseen.
    if (!(name in base) && stored !== null) base[name] = stored.members[name] ?? null;
    edits[name] = value;
    const isSettled = stored === null || entry.version === null || stored.version >= entry.version;
    if (stored !== null && isSettled && sameJson(value, stored.members[name]) && sameJson(value, base[name])) {
      delete edits[name];
      delete base[name];
    }
  }
  return { ...entry, edits, base, version: stored === null ? null : (entry.version ?? stored.version) };
}

/** The entry after `sent` was stored as `version`: what was typed since is still an edit. */
export function saved(entry: DraftEntry, sent: JsonObject, version: number): DraftEntry {
  return { ...entry, base: { ...entry.base, ...sent }, version };
}

/** The entry of a thing that has become one: what was typed since it was `sent` is an edit. */
export function storedAs(entry: DraftEntry, sent: JsonObject, version: number): DraftEntry {
  const open = Object.keys(entry.edits).filter((name) => !sameJson(entry.edits[name], sent[name]));
  return { ...entry, edits: pick(entry.edits, open), base: pick(sent, open), version };
}

/** The entry on a newer stored thing. Conflicts have to be settled before, see {@link settled}. */
export function rebased(entry: DraftEntry, { version, members }: Stored): DraftEntry {
  if (entry.version !== null && version < entry.version) return entry;
  const edits = { ...entry.edits };
  for (const name of pendingEdits(entry)) {
    const { value } = mergedValue(entry.base[name], edits[name], members[name]) ?? {};
    if (value !== undefined) edits[name] = value;
  }
  const open = pendingEdits(entry).filter((name) => !sameJson(members[name], edits[name]));
  return { ...entry, edits: pick(edits, open), base: pick(members, open), version };
}

const pick = (from: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.map((name) => [name, from[name] ?? null]));

/** The entry with each conflict settled: a value is kept as the edit, `undefined` gives up for what is stored. */
export function settled(
  entry: DraftEntry,
  stored: Stored,
  choices: Record<string, JsonObject[string] | undefined>,
): DraftEntry {
  const edits = { ...entry.edits };
  for (const [name, value] of Object.entries(choices)) {
    if (value === undefined) delete edits[name];
    else edits[name] = value;
  }
  // It was chosen with what is stored in view.
  const base = { ...entry.base, ...pick(stored.members, Object.keys(choices)) };
  return rebased({ ...entry, edits, base }, stored);
}

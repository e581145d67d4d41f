/**
 * Unsaved changes of this window, by what they belong to. They survive a reload, another screen and a restart of the host: each is
 * kept in the browser's storage, without the parts that are secret, which stay in memory.
 */

import { create } from 'zustand';
import { isJsonObject } from '../../../contract/kernel/json.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { createSlots, draftKey } from './slots.ts';
import { staleKeys } from './stale-keys.ts';

/** What has been typed and not been saved. */
export interface DraftEntry {
  /** Members that were changed. One that equals its `base` has been saved and waits to be seen in the stored thing. */
  edits: JsonObject;
  /** What was stored under each edit when it was begun, or saved last. */
  base: JsonObject;
  /** Version of the stored thing that `base` is of; null for a thing that is not stored yet. */
  version: number | null;
  /** Input typed for its next run; null before anything was. */
  input: JsonObject | null;
  /** Texts that do not parse, by the name of their editor. */
  texts: Record<string, string>;
  /** Names of values that were secret at some time, and stay so for this draft. */
  hidden: readonly string[];
  /** When it was changed last, ms since 1970. */
  at: number;
}

/** Nothing typed. */
export const NO_DRAFT: DraftEntry = { edits: {}, base: {}, version: null, input: null, texts: {}, hidden: [], at: 0 };

interface Drafts {
  entries: Readonly<Record<string, DraftEntry>>;
  /** True when the browser's storage took the last change of each draft; without that they are gone after a reload. */
  kept: boolean;
  /** @param forStorage the same without what is secret */
  put(key: string, entry: DraftEntry, forStorage: DraftEntry): void;
  /** Forgets a draft. @returns a function that brings it back, secrets and all, for as long as the page lives */
  drop(key: string): () => void;
}

/** Whether nothing would be lost without it. */
export const isEmpty = ({ edits, input, texts }: DraftEntry): boolean =>
  input === null && Object.keys(edits).length === 0 && Object.keys(texts).length === 0;

const slots = createSlots(
  () => localStorage,
  () => sessionStorage,
  parseEntry,
);

/** The drafts. */
export const useDrafts = create<Drafts>()((set) => ({
  entries: readAll(),
  kept: true,
  put(key, entry, forStorage) {
    if (isEmpty(entry)) {
      // It has been seen to be stored: what another tab begins on that version is newer.
      end(key, entry.version);
      return;
    }
    const { at, kept } = slots.put(key, forStorage);
    set(({ entries }) => ({ entries: withoutStale({ ...entries, [key]: { ...entry, at } }, at), kept }));
  },
  drop: (key): (() => void) => endNewer(key),
}));

/** A draft of another tab that is older than what is stored now is not shown any more. */
function endNewer(key: string): () => void {
  const version = useDrafts.getState().entries[key]?.version ?? null;
  return end(key, version === null ? null : version + 1);
}

function end(key: string, least: number | null): () => void {
  const { [key]: gone, ...rest } = useDrafts.getState().entries;
  const bringBack = slots.end(key, least);
  useDrafts.setState({ entries: rest });
  return () => {
    bringBack();
    if (gone !== undefined) useDrafts.setState(({ entries }) => ({ entries: { ...entries, [key]: gone } }));
  };
}

/**
 * Another tab has changed, saved or dropped a draft of the same thing. What was typed here is still unsaved and stays; what was only
 * read from it follows the other tab.
 */
function followOthers({ key: name }: StorageEvent): void {
  const key = name === null ? null : draftKey(name);
  if (key === null) return;
  if (slots.isMine(key)) return slots.rewrite(key);
  const entry = slots.see(key);
  const { [key]: _old, ...others } = useDrafts.getState().entries;
  useDrafts.setState({ entries: entry === null ? others : { ...others, [key]: entry } });
}
if (typeof window !== 'undefined') {
  window.addEventListener('storage', followOthers);
  window.addEventListener('pagehide', slots.leave);
  window.addEventListener('pageshow', slots.stay);
}

/** The drafts without those that are too many or too old, which leave the storage too. */
function withoutStale(entries: Record<string, DraftEntry>, now: number): Record<string, DraftEntry> {
  const stale = new Set(staleKeys(entries, now));
  for (const key of stale) slots.giveUp(key);
  return stale.size === 0 ? entries : Object.fromEntries(Object.entries(entries).filter(([key]) => !stale.has(key)));
}

/** What earlier pages and other tabs left. An item that another version of the panel wrote in another form is left alone. */
function readAll(): Record<string, DraftEntry> {
  const items = Object.fromEntries(slots.all().map((item) => [item.name, item]));
  const stale = new Set(staleKeys(items, Date.now()));
  const entries: Record<string, DraftEntry> = {};
  for (const [name, { key }] of Object.entries(items)) {
    if (stale.has(name)) slots.forget(name);
    const entry = stale.has(name) ? null : slots.see(key);
    if (entry !== null) entries[key] = entry;
  }
  return entries;
}

function parseEntry(item: unknown): DraftEntry | null {
  const { edits, base, version, input, texts, hidden, at } = (item ?? {}) as Record<string, unknown>;
  if (!isJsonObject(edits) || !isJsonObject(base) || !isJsonObject(texts)) return null;
  return {
    edits,
    base,
    version: typeof version === 'number' ? version : null,
    input: isJsonObject(input) ? input : null,
    texts: Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, String(value)])),
    hidden: Array.isArray(hidden) ? hidden.map(String) : [],
    at: typeof at === 'number' ? at : 0,
  };
}
